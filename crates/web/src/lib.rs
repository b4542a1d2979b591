//! The service: pages, casting, the board, and the desks of officer, scrutineer, authority and trustees.
