-- What the service keeps, in three groups of tables without a common key: the board, the people, the office.
--
-- Written for PostgreSQL. SQLite reads the same file with `board.` as `board_`, bytea as BLOB and bigint as INTEGER
-- (src/sql.rs). Purpose, reader and retention of each field stand in docs/spec/store.md; a test compares. Never edit this file: add the next one.
-- Times are whole seconds since 1970.

-- Board. Public, all of it, as archive and companion. No name, no pack but those in public lines, no time finer than the hour.

-- One balloting unit. Fixed from the beginning: number, uuid, unit, name, timestamp, opens_at, first_closes_at, revote, credentials,
-- spares, seal. `closes_at` only grows; `state` goes taking, closed, counted and never back; heads only grow.
CREATE TABLE board.election (
    number bigint NOT NULL PRIMARY KEY,
    uuid text NOT NULL UNIQUE,
    unit text NOT NULL UNIQUE,
    name text NOT NULL,
    timestamp bigint NOT NULL,
    opens_at bigint NOT NULL,
    first_closes_at bigint NOT NULL,
    closes_at bigint NOT NULL,
    revote text NOT NULL CHECK (revote IN ('one', 'last')),
    credentials bigint NOT NULL,
    spares bigint NOT NULL,
    -- SHA-256 of the fixed fields, so that a changed bit is found.
    seal bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('taking', 'closed', 'counted')),
    head_height bigint NOT NULL,
    head_kind text NOT NULL,
    head_hash bytea NOT NULL,
    ballots bigint NOT NULL,
    -- Credentials that have a ballot.
    voted bigint NOT NULL,
    lines bigint NOT NULL,
    last_line_hash bytea,
    last_line_kind text
) STRICT;

-- Public parts of the credentials. Fixed: election, position, public.
CREATE TABLE board.credential (
    election bigint NOT NULL REFERENCES board.election (number),
    position bigint NOT NULL,
    public bytea NOT NULL,
    state text NOT NULL CHECK (state IN ('ready', 'spare', 'void', 'replaced')),
    -- Height of its last ballot: the one that counts.
    last_ballot bigint,
    PRIMARY KEY (election, position),
    UNIQUE (election, public)
) STRICT;

-- Events of the archive. A row is never changed and never removed.
CREATE TABLE board.event (
    election bigint NOT NULL REFERENCES board.election (number),
    height bigint NOT NULL,
    kind text NOT NULL,
    -- SHA-256 of the event record, which holds the one before.
    hash bytea NOT NULL,
    -- The last record of the event, exact bytes.
    payload bytea,
    -- Ballots only: SHA-256 of the payload; position of the credential; instant of receipt, cut down to the hour.
    tracker bytea,
    credential bigint,
    hour bigint,
    PRIMARY KEY (election, height),
    UNIQUE (election, tracker)
) STRICT;

-- Records that stand before an event's payload. Never changed, never removed.
CREATE TABLE board.record (
    election bigint NOT NULL REFERENCES board.election (number),
    height bigint NOT NULL,
    place bigint NOT NULL,
    bytes bytea NOT NULL,
    PRIMARY KEY (election, height, place)
) STRICT;

-- Lines of the companion. Never changed, never removed.
CREATE TABLE board.line (
    election bigint NOT NULL REFERENCES board.election (number),
    line bigint NOT NULL,
    kind text NOT NULL,
    -- With the line feed.
    bytes bytea NOT NULL,
    -- What the line did: a credential voided (old) or replaced (old and new), or a later closing.
    old_position bigint,
    new_position bigint,
    closes_at bigint,
    PRIMARY KEY (election, line)
) STRICT;

-- Trackers of ballots that were opened on a second device: never countable. Never changed, never removed.
CREATE TABLE board.challenged (
    election bigint NOT NULL REFERENCES board.election (number),
    tracker bytea NOT NULL,
    PRIMARY KEY (election, tracker)
) STRICT;

-- People. Personal data, encrypted with a key that is not in the database.

-- One row: a known text under the people's key, so that a wrong key is told at once.
CREATE TABLE people.key_check (
    number bigint NOT NULL PRIMARY KEY CHECK (number = 1),
    sealed bytea NOT NULL
) STRICT;

-- Imports of the roll, whole. Fixed: number, label, rows, imported_at. `sealed` goes when the data are erased.
CREATE TABLE people.roll_import (
    number bigint NOT NULL PRIMARY KEY,
    label text NOT NULL,
    rows bigint NOT NULL,
    imported_at bigint NOT NULL,
    state text NOT NULL CHECK (state IN ('loaded', 'withdrawn', 'frozen', 'erased')),
    sealed bytea
) STRICT;

-- The frozen roll: one row at most, never changed until it is erased.
CREATE TABLE people.frozen_roll (
    number bigint NOT NULL PRIMARY KEY CHECK (number = 1),
    rows bigint NOT NULL,
    hash bytea NOT NULL,
    frozen_at bigint NOT NULL,
    sealed bytea
) STRICT;

-- Paper packs by number. Who got which pack is in the authority's ledger, not here.
CREATE TABLE people.pack (
    number text NOT NULL PRIMARY KEY,
    unit text NOT NULL,
    state text NOT NULL CHECK (state IN ('issued', 'returned', 'accepted', 'void', 'lost', 'unused', 'spoiled', 'set-aside')),
    reason text NOT NULL,
    batch text NOT NULL,
    changed_by text NOT NULL,
    changed_at bigint NOT NULL
) STRICT;
CREATE INDEX pack_by_unit ON people.pack (unit, state);

-- Office. Work of the staff.

-- Files of the poll. A change takes the next version.
CREATE TABLE office.file (
    name text NOT NULL PRIMARY KEY,
    version bigint NOT NULL,
    hash bytea NOT NULL,
    bytes bytea NOT NULL
) STRICT;

-- Sessions of the staff, by SHA-256 of the cookie's token.
CREATE TABLE office.session (
    token_hash bytea NOT NULL PRIMARY KEY,
    role text NOT NULL,
    created_at bigint NOT NULL,
    used_at bigint NOT NULL
) STRICT;

-- Sign-in challenges, by SHA-256 of their text. Each is good once.
CREATE TABLE office.challenge (
    hash bytea NOT NULL PRIMARY KEY,
    expires_at bigint NOT NULL,
    used bigint NOT NULL CHECK (used IN (0, 1))
) STRICT;

-- The audit log: a hash chain. Never changed, never removed.
CREATE TABLE office.audit (
    number bigint NOT NULL PRIMARY KEY,
    at bigint NOT NULL,
    who text NOT NULL,
    what text NOT NULL,
    detail text NOT NULL,
    hash bytea NOT NULL
) STRICT;

-- One row: where the audit log ends. Its row lock puts the lines of several nodes in one order.
CREATE TABLE office.audit_head (
    number bigint NOT NULL PRIMARY KEY CHECK (number = 1),
    lines bigint NOT NULL,
    hash bytea NOT NULL
) STRICT;

-- Switches of the service.
CREATE TABLE office.setting (
    key text NOT NULL PRIMARY KEY,
    value text NOT NULL
) STRICT;
