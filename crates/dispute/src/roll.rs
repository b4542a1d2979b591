//! The members' roll of a ballot: read with every fault, frozen with a reason for everybody, changed late only over two
//! signatures, counted into units and employers' notices.
//!
//! [`read_members`] and [`Employers::read`] take files; [`examine`] finds what only shows when all rows are seen together;
//! [`freeze`] makes the [`Roll`], whose bytes and hash are the same for the same people in any order; [`Changes`] are what happens
//! to it afterwards; [`merge_plan`] deals with small units; [`Notices`] are the figures of TULRCA s.226A. Rules R1 to R11:
//! `docs/spec/roll.md`.
//!
//! Not here: signatures themselves (a closure judges them), files and folders, and any link between a person and a ballot.

mod cells;
mod changes;
mod columns;
mod employers;
pub(crate) mod finding;
mod forensics;
mod freeze;
pub(crate) mod intake;
mod make;
mod members;
mod notices;
mod units;

pub use cells::{Channel, Standing};
pub use changes::{Change, ChangeFault, ChangeKind, Changes, SIGNERS, SignedChange, Spares, signed_bytes};
pub use columns::{Columns, Field};
pub use employers::{Employer, EmployerField, Employers};
pub use finding::{Accepted, Finding, KINDS, Kind, kind};
pub use forensics::{Against, MANY_AT_ONE_ADDRESS, Verdict, examine, judge, shared_address};
pub use freeze::{Acceptance, Entry, Frozen, NotFrozen, OUT_COLUMNS, OutEntry, ROLL_COLUMNS, Roll, RollHash, count_units, freeze};
pub use intake::{MAX_ROWS, RowCounts};
pub use make::{Made, Recipe, Seeded, UnitRecipe, make, make_units};
pub use members::{Member, MemberList, ReadOptions, RefusedRow, read_members, read_members_of};
pub use notices::{EmployerNotice, Notices};
pub use units::{MINIMUM, PlanUnit, UnitCount, merge_plan, merged_units, plan_lines, unit_id};
