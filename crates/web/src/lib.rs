//! The service: pages, casting, the board, and the desks of officer, scrutineer, authority and trustees.
//!
//! ```no_run
//! # async fn example(config: web::Config) -> Result<(), web::ServeError> {
//! let server = web::start(config, web::Means::of_the_system()).await?;
//! println!("http://{}", server.address);
//! server.stop().await;
//! # Ok(())
//! # }
//! ```
//!
//! | module | job |
//! | --- | --- |
//! | [`routes`] | every route and who may call it: one table |
//! | `frame` | what surrounds all routes: strange requests, who may ask, headers, error bodies |
//! | `casting`, `judges`, `limits` | a ballot's way from the wire to the board |
//! | `api`, `stream` | what programs read |
//! | `pages`, `texts` | what people read |
//! | `session`, [`desk`] | staff |
//! | [`printer`] | what is asked of a typesetter, which is no part of this crate |
//! | [`schedule`] | what happens by the clock |
//! | [`workspace`] | disputes: the pages are the crate `workspace`'s, the layout and the rights are here |
//! | `server` | listening, stopping |
//!
//! The service sees no vote and no private credential. Ballots are judged by `verify`, kept by `store`, and the steps of a poll are
//! those of `poll`. Time and randomness are arguments ([`Means`]). Routes, states and rules: `docs/spec/service.md`.

mod api;
mod casting;
pub mod clock;
mod config;
pub mod desk;
pub mod elections;
pub mod files;
mod frame;
mod judges;
mod limits;
pub mod pages;
pub mod printer;
mod problem;
pub mod rehearsal;
pub mod results;
mod role;
pub mod routes;
pub mod schedule;
mod server;
mod service;
mod session;
mod stream;
pub mod texts;
pub mod workspace;

pub use config::{Config, Limits, Origin};
pub use problem::{Answer, Problem};
pub use role::{Role, RoleKind};
pub use server::{AskedToEnd, Means, Peer, ServeError, Server, start};
pub use service::{Drawn, Inner, Random, Service, SystemRandom};
pub use session::{Session, one_time_link};
