//! The page `positions`.

use crate::asked::{Answer, Asked, Opened, Trouble};

pub(crate) fn page(_opened: &Opened<'_>, _asked: &Asked<'_>) -> Result<Answer, Trouble> {
    Err(Trouble::not_there("this page is not there yet"))
}
