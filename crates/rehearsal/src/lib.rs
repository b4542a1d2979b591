//! Load and crashes: a synthetic union votes over real HTTP while the service is killed, starved and misled.
