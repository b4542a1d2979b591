//! Who somebody is to a poll.

use std::fmt;

/// A person's part in the poll, shown by a role key at sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Sets the poll up, signs setup and result.
    Officer,
    /// The independent person who signs with the officer.
    Scrutineer,
    /// Makes the voters' private credentials, away from the service.
    Authority,
    /// Holds a part of the key; the number counts from 1.
    Trustee(u32),
    /// Runs the machine; has no voice in the poll.
    Operator,
    /// Speaks with the members of one branch; sees their names and what they said, and nothing of the poll.
    Rep(u32),
    /// Works on disputes; has no part in the poll.
    Negotiator,
}

/// A role without the trustee's number: what a route asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum RoleKind {
    Officer,
    Scrutineer,
    Authority,
    Trustee,
    Operator,
    Rep,
    Negotiator,
}

impl Role {
    /// Without the number.
    pub fn kind(self) -> RoleKind {
        match self {
            Self::Officer => RoleKind::Officer,
            Self::Scrutineer => RoleKind::Scrutineer,
            Self::Authority => RoleKind::Authority,
            Self::Trustee(_) => RoleKind::Trustee,
            Self::Operator => RoleKind::Operator,
            Self::Rep(_) => RoleKind::Rep,
            Self::Negotiator => RoleKind::Negotiator,
        }
    }

    /// Reads what [`Role`] prints.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "officer" => Some(Self::Officer),
            "scrutineer" => Some(Self::Scrutineer),
            "authority" => Some(Self::Authority),
            "operator" => Some(Self::Operator),
            "negotiator" => Some(Self::Negotiator),
            _ => {
                let number = |text: &str| text.parse().ok().filter(|number| *number > 0);
                match text.strip_prefix("trustee ") {
                    Some(text) => number(text).map(Self::Trustee),
                    None => number(text.strip_prefix("representative ")?).map(Self::Rep),
                }
            }
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Officer => f.write_str("officer"),
            Self::Scrutineer => f.write_str("scrutineer"),
            Self::Authority => f.write_str("authority"),
            Self::Trustee(number) => write!(f, "trustee {number}"),
            Self::Operator => f.write_str("operator"),
            Self::Rep(number) => write!(f, "representative {number}"),
            Self::Negotiator => f.write_str("negotiator"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_is_read_as_printed() {
        for role in [Role::Officer, Role::Scrutineer, Role::Authority, Role::Trustee(3), Role::Operator, Role::Rep(2), Role::Negotiator] {
            assert_eq!(Role::parse(&role.to_string()), Some(role));
        }
        assert_eq!(Role::parse("trustee 0"), None);
        assert_eq!(Role::parse("trustee"), None);
        assert_eq!(Role::parse("voter"), None);
    }
}
