//! From credentials to people: numbered packs, letters, e-mail, and the ledger of what became of each.
