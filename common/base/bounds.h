/* Every limit of the system, each with its reason. PROTOCOL.md repeats those that peers see. */
#ifndef FUPIN_COMMON_BOUNDS_H
#define FUPIN_COMMON_BOUNDS_H

#include <stdint.h>

enum {
	/* The protocol's version; PROTOCOL.md says what a difference means. */
	PROTOCOL_VERSION = 1,
	PROTOCOL_VERSION_OLDEST = 1,

	/* A county of 400 villages sends a year of monthly reports at once; more is a mistake. */
	SUBMISSION_ROWS_MAX = 5000,
	/* 5,000 reports with 40 figures take about 1.4 MiB; libzmq drops who sends more. */
	FRAME_BYTES_MAX = 1536 * 1024,
	/* What CURVE adds to a frame on the line (ZeroMQ RFC 26): 8 of the command's name, 8 of nonce, 16 of
	 * authenticator, 1 of flags. */
	CURVE_BYTES = 33,
	/* Decoding such a frame takes less than 8 MiB; a hostile frame stops here. */
	DECODE_BYTES_MAX = 24 * 1024 * 1024,
	/* A catalogue of a nation (131,000 units) has to fit into one answer. */
	ANSWER_BYTES_MAX = 32 * 1024 * 1024,
	/* Of answers longer than LONG_ANSWER_BYTES that were not taken yet: of one office (or one answer, if it
	 * is larger) and in all. Then BUSY: who asks and does not read must not fill the centre's memory. */
	LONG_ANSWER_BYTES = 16 * 1024,
	UNREAD_OFFICE_MAX = 8 * 1024 * 1024,
	UNREAD_BYTES_MAX = 128 * 1024 * 1024,

	/* A form is one page for a clerk. */
	FORM_FIELDS_MAX = 64,
	/* Problems in one refusal: enough to mend a sheet, small enough to send. */
	PROBLEMS_MAX = 100,

	VOUCHER_BYTES_MAX = 64,
	NOTE_BYTES_MAX = 512,
	NAME_BYTES_MAX = 192,
	CODE_BYTES_MAX = 48,
	SOFTWARE_BYTES_MAX = 64,
	/* A UUID as text, which names a journal. */
	HISTORY_BYTES = 37,

	/* Lines of one key: an office's clerks, its agent and gateway, and some that broke and are not given up
	 * yet. Descriptors that are left to files, the database and workers: an eighth, and no less than this. */
	LINES_KEY_MAX = 32,
	LINES_GUEST_MAX = 4, /* of one that is not admitted: a clerk connects once or twice */
	DESCRIPTORS_KEPT = 64,
	/* What may be read from one line without a whole message: no frame is longer, and signs of life come in
	 * between. Of a line whose key is not admitted (yet): an Enrol is less than 1 KiB. */
	LINE_BYTES_MAX = 2 * FRAME_BYTES_MAX,
	LINE_BYTES_GUEST_MAX = 64 * 1024,

	/* Requests a client may have unanswered; the receipt of one opens the way for the next. */
	CREDIT_WINDOW = 64,
	/* Submissions and their memory waiting for the journal before the centre answers BUSY. */
	QUEUE_SUBMISSIONS_MAX = 12000,
	QUEUE_BYTES_MAX = 128 * 1024 * 1024,
	/* Of submissions that may be old ones, while the database is asked. */
	LOOK_UP_BYTES_MAX = 32 * 1024 * 1024,
	/* Of one office: four connections with a full window each. */
	QUEUE_OFFICE_MAX = 4 * CREDIT_WINDOW,
	/* Rows in one commit: larger ones gain little, and who comes next waits for them. */
	BATCH_ROWS_MAX = 12000,
	/* Of one office (or one submission, if that is larger): a commit is full when 60 offices have their
	 * share; and so few if hardly anybody else waits, as who comes next waits for this commit. */
	LANE_ROWS = 200,
	LANE_ROWS_FEW = 16,
	LANE_ROWS_PER_OFFICE = 4, /* more for each office that waits */
	/* Rows that are taken over into the totals, and their receipts sent, before the loop looks at frames
	 * again. */
	SETTLE_ROWS = 256,

	/* Watched totals, in all and of one office; a stopped watcher holds one push of PUSH_ROWS_MAX rows. */
	WATCHES_MAX = 4096,
	WATCHES_OFFICE_MAX = 16,
	PUSH_ROWS_MAX = 200,

	/* A stamped plan of a hundred scanned pages; the bytes go in parts, so that a broken line costs one part
	 * and nobody waits long behind another. */
	DOCUMENT_BYTES_MAX = 20 * 1024 * 1024,
	DOCUMENT_PART_BYTES = 256 * 1024,
	/* Versions of one document of a unit, all of which are kept: who replaced it twice a week for a year
	 * meets it, and a program that goes wrong does not fill the disk. */
	DOCUMENT_VERSIONS_MAX = 100,
	/* Documents of a county whose bytes are there in part, or whole and not named by a submission yet; and
	 * the bytes of all such, as offered. Nobody continued them for so long: they are taken away. */
	UPLOADS_COUNTY_MAX = 4,
	UPLOAD_DAYS_MAX = 7,
	/* Bytes of a county that were thrown away, as they did not have the digest, or their file was offered
	 * anew with another size: three of the largest files at once, then 1 KiB each so often (20 MiB in ten
	 * minutes). PostgreSQL gives the room back only some time later: who does it over and over must not fill
	 * the disk. */
	THROWN_AWAY_MAX = 3 * DOCUMENT_BYTES_MAX,
	THROWN_AWAY_KIB_US = 30000,
	/* Requests for the bytes of documents that wait for the database: 32 MiB of parts (three times that if
	 * all come in sealed letters), and of one office what two connections with four each take. */
	FILE_JOBS_MAX = 128,
	FILE_JOBS_OFFICE_MAX = 8,
	/* Questions of one office about the past that wait for the database: each may be a whole replay, and who
	 * asks next, whoever it is, waits for all of them. */
	PAST_JOBS_OFFICE_MAX = 8,
	/* Documents that one answer lists: what one turn of the centre's loop can spare. */
	DOCUMENTS_LISTED_MAX = 1000,
	/* Findings of the rules that one answer lists, each with its figures: likewise. */
	FINDINGS_LISTED_MAX = 1000,

	/* Enrolment: names, hosts and reasons are read by people. A code that is good for longer than a month is
	 * lost in a drawer. */
	OFFICE_NAME_BYTES_MAX = 64,
	INVITATION_HOURS_MAX = 720,
	INVITATION_HOURS = 72,
	/* What a key that is not admitted may send: an Enrol takes less than 300 bytes. */
	GUEST_FRAME_BYTES_MAX = 1024,
	/* Invitations that nobody used yet, and requests that wait: a province invites all its counties in one
	 * go; more is a program that went wrong. */
	INVITATIONS_OPEN_MAX = 1000,
	/* Such that one answer lists; offices that one answer lists (every county of a nation has a few). */
	ENROLMENTS_LISTED_MAX = 1000,
	OFFICES_LISTED_MAX = 20000,
	/* Other keys of an office's unit: the newest; so many deputies no office has. */
	KEYS_LISTED_MAX = 20,

	/* The first period that any plan of this programme can name. */
	PERIOD_FIRST = 200001,
	PERIOD_LAST = 209912,
};

/* As offered: a hundred of the largest documents on their way at once. */
#define UPLOAD_BYTES_MAX (INT64_C(100) * DOCUMENT_BYTES_MAX)

/* 2099-12-31: no moment of this programme is later (seconds since 1970). */
#define TIME_MAX INT64_C(4102444800)

/* No single figure or amount is larger (10^12; in fen: ten billion yuan). */
#define VALUE_MAX INT64_C(1000000000000)

#endif
