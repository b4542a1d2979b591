//! The tests of `pay` from outside: worked cases, published tables, prices, and properties that hold for any offer.

mod beside;
mod case_file;
mod cases;
mod equal_pay;
mod equal_pay_history;
mod paybill;
mod paybill_slow;
mod people;
mod prices;
mod properties;
mod published;
mod support;
mod take_home;
