//! The register of paper packs, and how voting is shown while it lasts.

use hyper::StatusCode;
use poll::Pack;
use store::PackState;
use web::Role;
use web::desk::two_people;

use crate::access::signed_in;
use crate::desk_roll::{see, send};
use crate::made::{Wanted, running};

fn pack(number: u32) -> String {
    Pack { unit: 1, number }.to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn packs_are_issued_come_back_and_meet() {
    let running = running(Wanted::default()).await;
    let officer = signed_in(&running, Role::Officer).await;
    let issue = [("unit", "ashdown"), ("first", "1"), ("last", "20"), ("batch", "first post")];
    assert_eq!(send(&running, &officer, "/desk/papers/issue", &issue, None).await.status, StatusCode::SEE_OTHER);
    let again = send(&running, &officer, "/desk/papers/issue", &issue, None).await;
    assert!(again.status == StatusCode::BAD_REQUEST && again.text().contains("Nothing was issued"), "{}", again.text());
    let wrong = [("unit", "nowhere"), ("first", "1-000001-3"), ("last", "x"), ("batch", "")];
    let wrong = send(&running, &officer, "/desk/papers/issue", &wrong, None).await.text();
    for says in ["no unit “nowhere”", "a digit of this pack number is wrong", "Last pack: a number", "Batch: give it a name"] {
        assert!(wrong.contains(says), "{says}: {wrong}");
    }

    // A batch with every kind of fault changes nothing.
    let typed = format!("{}\n{}\n1-000001-3\n{}", pack(1), pack(1), pack(99));
    let fields = [("packs", typed.as_str()), ("count", "7"), ("state", "spoiled"), ("reason", ""), ("batch", "return 1")];
    let got = send(&running, &officer, "/desk/papers/change", &fields, None).await;
    assert_eq!(got.status, StatusCode::BAD_REQUEST);
    for says in [
        "stands in line 1 already",
        "a digit of this pack number is wrong",
        "was never issued",
        "The batch does not meet: 7 envelopes counted, 1 numbers",
        "Reason: say why",
    ] {
        assert!(got.text().contains(says), "{says}: {}", got.text());
    }
    let accepted = [("packs", typed.as_str()), ("count", "1"), ("state", "accepted"), ("reason", "because")];
    assert!(send(&running, &officer, "/desk/papers/change", &accepted, None).await.text().contains("Accepted they are by a signed line"));
    assert_eq!(running.service.store.get_pack(&pack(1)).await.expect("read").expect("a pack").state, PackState::Issued);

    let typed = format!("{}\r\n {} \r\n\r\n{}", pack(1), pack(2), pack(3));
    let fields = [("packs", typed.as_str()), ("count", "3"), ("state", "returned"), ("batch", "return 1")];
    assert_eq!(send(&running, &officer, "/desk/papers/change", &fields, None).await.status, StatusCode::SEE_OTHER);
    let fields = [("packs", &*pack(4)), ("count", "1"), ("state", "lost"), ("reason", "=never came")];
    assert_eq!(send(&running, &officer, "/desk/papers/change", &fields, None).await.status, StatusCode::SEE_OTHER);
    let page = see(&running, &officer, "/desk/papers").await.text();
    assert!(page.contains("2 made and not in the register; 16 issued and not come back; 3 returned and not yet judged"), "{page}");
    let csv = see(&running, &officer, "/desk/papers/packs.csv?unit=ashdown").await.text();
    assert!(csv.lines().count() == 21 && csv.contains(",lost,'=never came,"), "{csv}");

    // Which papers count is said by two, and done by a signed line alone.
    let refused = send(&running, &officer, "/desk/papers/propose", &[("packs", &pack(9))], None).await;
    assert!(refused.text().contains("only a returned paper is accepted; this one is issued"), "{}", refused.text());
    let got = send(&running, &officer, "/desk/papers/propose", &[("packs", &format!("{}\n{}", pack(2), pack(1)))], None).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text());
    let proposal = two_people::pending(&running.service).await.expect("read").pop().expect("a proposal");
    two_people::confirm(&running.service, Role::Scrutineer, &proposal.id).await.expect("confirmed");
    let page = see(&running, &officer, "/desk/papers").await.text();
    assert!(page.contains("confirmed by the scrutineer") && page.contains("Each needs its line now"), "{page}");
    assert_eq!(running.service.store.get_pack(&pack(1)).await.expect("read").expect("a pack").state, PackState::Returned);
}

/// The attack: whoever sees the pages before and after one member of a small unit votes learns nothing of that unit from the officer's
/// page, and no figure there moves.
#[tokio::test(flavor = "multi_thread")]
async fn a_small_unit_moves_no_figure() {
    // 45 and 44 of three units of 15, 15, 15 would all be small: here all are hidden.
    let small = running(Wanted { voters: 45, units: 3, ..Wanted::default() }).await;
    let officer = signed_in(&small, Role::Officer).await;
    let election = small.election(0).await;
    let before = see(&small, &officer, "/desk/voting").await.text();
    assert!(before.contains("3 units with 45 people are in no figure"), "{before}");
    assert_eq!(small.cast(&election.uuid, &small.ballot(&election, 0, [0, 0], "a")).await.status, StatusCode::OK);
    assert_eq!(see(&small, &officer, "/desk/voting").await.text(), before, "not one letter is another");

    let large = running(Wanted { voters: 80, units: 2, ..Wanted::default() }).await;
    let officer = signed_in(&large, Role::Officer).await;
    let election = large.election(0).await;
    for member in 0..3 {
        assert_eq!(large.cast(&election.uuid, &large.ballot(&election, member, [0, 0], "a")).await.status, StatusCode::OK);
    }
    let page = see(&large, &officer, "/desk/voting").await.text();
    assert!(page.contains("3 of 80 (3.7 %)") && page.contains("7.5 %"), "{page}");
    assert!(page.contains("<svg") && page.contains("So far"), "{page}");
}
