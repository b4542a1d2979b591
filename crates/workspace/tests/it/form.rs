//! The form of an offer, filled in as a negotiator does.

use workspace::desk::Shown;

use crate::desk::{Asker, page, see};

/// What a browser would send for a form as it is shown: fields, chosen options, ticked boxes.
fn fields(html: &str) -> Vec<(String, String)> {
    let form = html.split("class=\"ws-form\"").nth(1).and_then(|rest| rest.split("</form>").next()).expect("the form");
    let unescape = |text: &str| {
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#34;", "\"")
            .replace("&#39;", "'")
            .replace("&quot;", "\"")
            .replace("&#60;", "<")
            .replace("&#62;", ">")
            .replace("&#38;", "&")
            .replace("&amp;", "&")
    };
    let attribute = |tag: &str, name: &str| tag.split(&format!(" {name}=\"")).nth(1).and_then(|rest| rest.split('"').next()).map(&unescape);
    let mut sent = Vec::new();
    let mut select = None;
    let mut first = None;
    for piece in form.split('<').skip(1) {
        let (tag, text) = piece.split_once('>').expect("a tag");
        let word = tag.split(' ').next().unwrap_or_default();
        match word {
            "input" => {
                let kind = attribute(tag, "type").unwrap_or_default();
                if kind != "checkbox" || tag.contains(" checked") {
                    sent.push((attribute(tag, "name").expect("a name"), attribute(tag, "value").unwrap_or_default()));
                }
            }
            "textarea" => sent.push((attribute(tag, "name").expect("a name"), unescape(text.trim_start_matches('\n')))),
            "select" => {
                select = attribute(tag, "name");
                first = None;
            }
            "option" if select.is_some() => {
                let value = attribute(tag, "value").unwrap_or_else(|| unescape(text.trim()));
                if tag.contains(" selected") || first.is_none() {
                    first = Some(value);
                }
            }
            "/select" => sent.extend(select.take().zip(first.take())),
            _ => {}
        }
    }
    sent
}

fn set(sent: &mut Vec<(String, String)>, name: &str, value: &str) {
    match sent.iter_mut().find(|(known, _)| known == name) {
        Some((_, old)) => *old = value.to_owned(),
        None => sent.push((name.to_owned(), value.to_owned())),
    }
}

fn press(asker: &Asker, path: &str, sent: &[(String, String)], button: &str) -> Shown {
    let mut pairs: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("do", button));
    page(asker.post(path, &pairs))
}

#[test]
fn an_offer_is_written_worked_out_checked_and_saved() {
    let asker = Asker::new();
    see(asker.post("nhs-2007/copy", &[("id", "ours")]));
    let path = "ours/offers/new";
    let blank = asker.page(path);
    let mut sent = fields(&blank.body);
    // Nothing filled in: every fault at once, each with the way to its field.
    let refused = press(&asker, path, &sent, "work-out");
    assert!(refused.is_refusal);
    for field in ["#id", "#title", "#base_date", "#nations", "#source", "#r0-from", "#r0-amount"] {
        assert!(refused.body.contains(&format!("href=\"{field}\"")), "{field}: {}", refused.body);
        assert!(refused.body.contains(&format!("id=\"{}\"", &field[1..])), "{field} is not on the page");
    }
    for (name, value) in [
        ("id", "our-own"),
        ("title", "Two steps & a sum"),
        ("base_date", "2007-03-31"),
        ("nation", "England"),
        ("source", "SEED-000"),
        ("r0-from", "31/02/2007"),
        ("r0-amount", "abc"),
    ] {
        set(&mut sent, name, value);
    }
    let refused = press(&asker, path, &sent, "work-out");
    assert!(refused.body.contains("“31/02/2007” is not a date") && refused.body.contains("“abc” is no number"), "{}", refused.body);
    set(&mut sent, "r0-from", "2007-04-01");
    set(&mut sent, "r0-amount", "1.5");
    // Add and remove, without script: what was typed stays.
    let two = press(&asker, path, &sent, "add-step");
    let mut sent = fields(&two.body);
    assert!(
        sent.contains(&("r0-amount".to_owned(), "1.5".to_owned())) && sent.contains(&("title".to_owned(), "Two steps & a sum".to_owned()))
    );
    set(&mut sent, "r1-from", "2007-11-01");
    set(&mut sent, "r1-amount", "2.5%");
    set(&mut sent, "r1-rise", "total");
    let mut sent = fields(&press(&asker, path, &sent, "add-also:1").body);
    set(&mut sent, "r2-points", "1-min, 1-max");
    set(&mut sent, "r2-rise", "total");
    set(&mut sent, "r2-amount", "2.5");
    set(&mut sent, "r2-at_least_pounds", "£400");
    let mut sent = fields(&press(&asker, path, &sent, "add-lump").body);
    set(&mut sent, "r3-from", "2007-12-01");
    set(&mut sent, "r3-amount", "1,000");
    let worked = press(&asker, path, &sent, "work-out");
    assert!(
        !worked.is_refusal && worked.body.contains("7/12 × 1.500% + 5/12 × 2.500% = 1.917%") && worked.body.contains("not saved"),
        "{}",
        worked.body
    );
    // A point that is not on the scale: the fault leads to its row.
    let mut wrong = sent.clone();
    set(&mut wrong, "r2-points", "99-min");
    let refused = press(&asker, path, &wrong, "check");
    assert!(refused.is_refusal && refused.body.contains("href=\"#row-2\"") && refused.body.contains("99-min"), "{}", refused.body);
    let check = press(&asker, path, &sent, "check");
    assert!(
        check.body.contains("[[step.also]]") && check.body.contains("at_least_pounds = 400") && check.body.contains("pounds = 1000"),
        "{}",
        check.body
    );
    assert!(!asker.folder.path().join("ours/offers/our-own.toml").exists(), "nothing is written before");
    // Going back keeps everything.
    let back = press(&asker, path, &sent, "back");
    let kept = fields(&back.body);
    let typed = |name: &str| kept.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!((typed("r2-points"), typed("r3-amount"), typed("title")), (Some("1-min, 1-max"), Some("1000"), Some("Two steps & a sum")));
    assert_eq!(fields(&press(&asker, path, &kept, "back").body), kept);

    let toml = check
        .body
        .split("<textarea name=\"text\"")
        .nth(1)
        .and_then(|rest| rest.split_once('>'))
        .and_then(|(_, rest)| rest.split("</textarea>").next());
    let toml = toml
        .expect("the text")
        .trim_start_matches('\n')
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let seen = asker.version("ours");
    let saved = asker.post("ours/save", &[("path", "offers/our-own.toml"), ("seen", &seen), ("text", &toml), ("then", "offers/our-own")]);
    assert_eq!(see(saved), "/d/ours/offers/our-own");
    assert!(asker.page("ours/offers/our-own").body.contains("7/12 × 1.500% + 5/12 × 2.500% = 1.917%"));

    // Opened again it shows what was saved; taking the second step out takes its further change with it.
    let path = "ours/offers/our-own/edit";
    let again = asker.page(path);
    let sent = fields(&again.body);
    assert!(sent.contains(&("r2-at_least_pounds".to_owned(), "400".to_owned())), "{sent:?}");
    let fewer = fields(&press(&asker, path, &sent, "remove:1").body);
    assert!(fewer.contains(&("rows".to_owned(), "2".to_owned())), "{fewer:?}");
    let check = press(&asker, path, &fewer, "check");
    assert!(!check.body.contains("[[step.also]]") && check.body.contains("[[lump]]"), "{}", check.body);
}

#[test]
fn what_the_form_does_not_know_is_kept() {
    let asker = Asker::new();
    see(asker.post("nhs-2008/copy", &[("id", "ours")]));
    let path = "ours/offers/three-year/edit";
    let before = std::fs::read_to_string(asker.folder.path().join("ours/offers/three-year.toml")).expect("a file");
    let mut sent = fields(&asker.page(path).body);
    set(&mut sent, "title", "Another title");
    let check = press(&asker, path, &sent, "check");
    let shown = check.body.replace("&#34;", "\"").replace("&quot;", "\"").replace("&#39;", "'");
    assert!(shown.contains("title = \"Another title\""));
    for line in before
        .lines()
        .filter(|line| line.contains("assimilate") || line.contains("new_points") || line.contains("rates =") || line.starts_with('#'))
    {
        assert!(shown.contains(&line.replace('&', "&#38;").replace('<', "&#60;").replace('>', "&#62;")), "{line} is lost");
    }
    // Somebody else saves the file meanwhile.
    std::fs::write(asker.folder.path().join("ours/offers/three-year.toml"), format!("{before}# more\n")).expect("written");
    let mut pairs: Vec<(&str, &str)> = sent.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    pairs.push(("do", "check"));
    assert!(
        matches!(asker.post(path, &pairs), Err(workspace::Trouble::Question(why)) if why.contains("Somebody else has changed this offer"))
    );
    // Who only reads gets no form.
    assert!(matches!(asker.ask_as(path, &[], false, false), Err(workspace::Trouble::Question(_))));
    assert!(matches!(asker.ask("nhs-2008/offers/three-year/edit", &[], false), Err(workspace::Trouble::Question(_))));
}
