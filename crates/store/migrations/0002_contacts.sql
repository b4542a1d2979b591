-- What representatives noted of the members of their own branch, one row for each tick and each tick taken back, in order. `sealed`
-- says who and what; the key is not in the database. No key in common with ballots or credentials.
CREATE TABLE people.contact (
    number bigint NOT NULL PRIMARY KEY,
    branch bigint NOT NULL,
    noted_at bigint NOT NULL,
    sealed bytea NOT NULL
) STRICT;
CREATE INDEX contact_by_branch ON people.contact (branch, number);
