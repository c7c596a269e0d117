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
	/* 5,000 reports with 40 figures take about 1.4 MiB; libzmq drops a connection that sends more. */
	FRAME_BYTES_MAX = 1536 * 1024,
	/* What CURVE adds to a frame on the line (ZeroMQ RFC 26): 8 of the command's name, 8 of nonce, 16 of
	 * authenticator, 1 of flags. */
	CURVE_BYTES = 33,
	/* Decoding such a frame takes less than 8 MiB; a hostile frame stops here. */
	DECODE_BYTES_MAX = 24 * 1024 * 1024,
	/* A catalogue of a nation (131,000 units) has to fit into one answer. */
	ANSWER_BYTES_MAX = 32 * 1024 * 1024,
	/* Unread answers that are longer than LONG_ANSWER_BYTES: of one office (or one answer, if it is larger),
	 * and in all. Beyond that the centre answers BUSY: clients that ask and do not read must not fill its
	 * memory. */
	LONG_ANSWER_BYTES = 16 * 1024,
	UNREAD_OFFICE_MAX = 8 * 1024 * 1024,
	UNREAD_BYTES_MAX = 128 * 1024 * 1024,

	/* A form is one page for a clerk. */
	FORM_FIELDS_MAX = 64,
	/* Problems in one refusal: enough to correct a sheet, small enough to send. */
	PROBLEMS_MAX = 100,

	VOUCHER_BYTES_MAX = 64,
	NOTE_BYTES_MAX = 512,
	NAME_BYTES_MAX = 192,
	CODE_BYTES_MAX = 48,
	SOFTWARE_BYTES_MAX = 64,
	/* A UUID as text, which names a journal. */
	HISTORY_BYTES = 37,

	/* Lines of one key: an office's clerks, its agent and gateway, and some broken ones that are not given
	 * up yet. Of all descriptors an eighth, and at least DESCRIPTORS_KEPT, are kept for files, the database
	 * and workers. */
	LINES_KEY_MAX = 32,
	LINES_GUEST_MAX = 4, /* lines of a key that is not admitted: a clerk connects once or twice */
	DESCRIPTORS_KEPT = 64,
	/* Bytes that may be read from one line before there is a whole message: twice the longest frame, as
	 * heartbeats come in between. Less for a line whose key is not admitted: an Enrol is less than 1 KiB. */
	LINE_BYTES_MAX = 2 * FRAME_BYTES_MAX,
	LINE_BYTES_GUEST_MAX = 64 * 1024,

	/* Requests that a client may have unanswered; each receipt makes room for the next one. */
	CREDIT_WINDOW = 64,
	/* Submissions that may wait for the journal, and their memory; beyond that the centre answers BUSY. */
	QUEUE_SUBMISSIONS_MAX = 12000,
	QUEUE_BYTES_MAX = 128 * 1024 * 1024,
	/* Memory of submissions that may have been committed long ago, while the database is asked about them. */
	LOOK_UP_BYTES_MAX = 32 * 1024 * 1024,
	/* Waiting submissions of one office: four connections with a full window each. */
	QUEUE_OFFICE_MAX = 4 * CREDIT_WINDOW,
	/* Rows in one commit: larger ones gain little, and everything that arrives meanwhile waits for them. */
	BATCH_ROWS_MAX = 12000,
	/* Rows of one office in one commit (or one submission, if that is larger): a commit is full when 60
	 * offices have given their share. QUEUE_ROWS_FEW if hardly any other office waits, as the next one to
	 * arrive has to wait for this commit. */
	QUEUE_ROWS = 200,
	QUEUE_ROWS_FEW = 16,
	QUEUE_ROWS_PER_OFFICE = 4, /* added for each office that waits */
	/* Rows that are taken over into the totals, and their receipts sent, before the loop looks at frames
	 * again. */
	SETTLE_ROWS = 256,

	/* Watched totals, in all and of one office; a stopped watcher holds one push of PUSH_ROWS_MAX rows. */
	WATCHES_MAX = 4096,
	WATCHES_OFFICE_MAX = 16,
	PUSH_ROWS_MAX = 200,

	/* A stamped plan of a hundred scanned pages; the bytes go in parts, so that a broken line costs one part
	 * only, and no office waits long behind another. */
	DOCUMENT_BYTES_MAX = 20 * 1024 * 1024,
	DOCUMENT_PART_BYTES = 256 * 1024,
	/* Versions of one document of a unit, all of which are kept: enough to replace it twice a week for a
	 * year, and a limit so that a faulty program does not fill the disk. */
	DOCUMENT_VERSIONS_MAX = 100,
	/* Uploads of a county: documents' files that are there in part, or whole and not named by a submission
	 * yet. They are removed when they were not continued for UPLOAD_DAYS_MAX days. UPLOAD_BYTES_MAX, below,
	 * limits the bytes of all of them, as offered. */
	UPLOADS_COUNTY_MAX = 4,
	UPLOAD_DAYS_MAX = 7,
	/* Bytes of a county that were thrown away, because they did not have the digest, or because their file
	 * was offered anew with another size: three of the largest files at once, then 1 KiB every 30 ms (20 MiB
	 * in ten minutes). PostgreSQL frees the space only some time later, and repeated uploads of this kind
	 * must not fill the disk. */
	THROWN_AWAY_MAX = 3 * DOCUMENT_BYTES_MAX,
	THROWN_AWAY_KIB_US = 30000,
	/* Requests for the bytes of documents that wait for the database: 32 MiB of parts (three times that if
	 * all come in sealed letters), and for one office what two connections with four requests each need. */
	FILE_JOBS_MAX = 128,
	FILE_JOBS_OFFICE_MAX = 8,
	/* Questions of one office about the past that wait for the database: each may be a whole replay, and the
	 * next question, of any office, waits for all of them. */
	PAST_JOBS_OFFICE_MAX = 8,
	/* Documents that one answer lists: as many as fit into one turn of the centre's loop. */
	DOCUMENTS_LISTED_MAX = 1000,
	/* Findings of the rules that one answer lists, each with its figures: for the same reason. */
	FINDINGS_LISTED_MAX = 1000,

	/* Enrolment: names, hosts and reasons are read by people. A code that is not used within a month is
	 * probably lost. */
	OFFICE_NAME_BYTES_MAX = 64,
	INVITATION_HOURS_MAX = 720,
	INVITATION_HOURS = 72,
	/* What a key that is not admitted may send: an Enrol takes less than 300 bytes. */
	GUEST_FRAME_BYTES_MAX = 1024,
	/* Unused invitations and waiting requests: a province may invite all its counties at once; more is a
	 * faulty program. */
	INVITATIONS_OPEN_MAX = 1000,
	/* Enrolments that one answer lists; offices that one answer lists (every county of a nation has a few).
	 */
	ENROLMENTS_LISTED_MAX = 1000,
	OFFICES_LISTED_MAX = 20000,
	/* Other keys of an office's unit that are listed, the newest ones: more than any office needs. */
	KEYS_LISTED_MAX = 20,

	/* The first period that any plan of this programme can name. */
	PERIOD_FIRST = 200001,
	PERIOD_LAST = 209912,
};

/* Bytes of all uploads, as offered: a hundred of the largest documents at once. */
#define UPLOAD_BYTES_MAX (INT64_C(100) * DOCUMENT_BYTES_MAX)

/* 2099-12-31: no moment of this programme is later (seconds since 1970). */
#define TIME_MAX INT64_C(4102444800)

/* The largest figure or amount (10^12; in fen: ten billion yuan). */
#define VALUE_MAX INT64_C(1000000000000)

#endif
