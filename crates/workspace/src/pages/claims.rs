//! The page `claims`.

use crate::asked::{Answer, Asked, Opened, Trouble};

pub(crate) fn answer(_opened: &Opened<'_>, _asked: &Asked<'_>, _rest: &[&str]) -> Result<Answer, Trouble> {
    Err(Trouble::not_there("this page is not there yet"))
}
