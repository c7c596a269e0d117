/* libfupin: talk to a fupin centre from a C program. Compile with `pkg-config --cflags --libs fupin`.
 *
 *     char error[FUPIN_ERROR_BYTES];
 *     struct fupin_receipt receipt;
 *     struct fupin_office *office = fupin_connect("/home/clerk/.fupin", 10000, error);
 *     const char *files[] = {"2013-04-county.csv"};
 *     if (office && fupin_submit(office, files, 1, NULL, NULL, &receipt, error) == FUPIN_DONE)
 *         printf("on disk as commit %llu\n", (unsigned long long)receipt.seq);
 *     fupin_disconnect(&office);
 *
 * An office is used by one thread at a time; there is no global state. */
#ifndef FUPIN_H
#define FUPIN_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define FUPIN_API __attribute__((visibility("default")))
#else
#define FUPIN_API
#endif

enum { FUPIN_ERROR_BYTES = 512 };

/* How a call ended; the same numbers as the exit statuses of the fupin program. */
enum fupin_status {
	FUPIN_DONE = 0,
	FUPIN_FAILED = 1,       /* out of memory, a file cannot be written */
	FUPIN_USAGE = 2,        /* the arguments name what does not exist */
	FUPIN_PROBLEMS = 3,     /* the data has problems or the centre refused it: nothing was stored */
	FUPIN_WAITING = 4,      /* the centre does not answer; what was saved waits in the outbox */
	FUPIN_NOT_ADMITTED = 5, /* key or configuration missing, or unknown to the centre */
};

/* A connection of one office. */
struct fupin_office;

/* The centre's durable answer: the submission is on its disk. */
struct fupin_receipt {
	char id[37];     /* UUIDv7 of the submission */
	char digest[65]; /* BLAKE2b-256 of the bytes as sent, hexadecimal */
	uint64_t seq;    /* commit sequence number */
	int64_t time_us; /* the centre's clock, microseconds since 1970 UTC */
	uint32_t reports, fund_entries;
};

/* One problem: code is the name in the protocol (PART_EXCEEDS_WHOLE), text one English sentence. file
 * ("county.xlsx: sheet 资金" in a workbook) and column may be "", line is 0 where a problem has no row. */
typedef void (*fupin_problem)(void *context, const char *code, const char *file, size_t line,
                              const char *column, const char *text);

FUPIN_API const char *fupin_version(void);

/* Reads the office's home directory (key pair, fupin.ini), connects, says hello and fetches the
 * catalogue. NULL: `error` says why. The caller owns the result. */
FUPIN_API struct fupin_office *fupin_connect(const char *home, int timeout_ms, char error[FUPIN_ERROR_BYTES]);

/* Sets *office to NULL; may be called with NULL in it. */
FUPIN_API void fupin_disconnect(struct fupin_office **office);

/* Sends CSV files as one submission, after whatever waits in the outbox, and waits for the answer.
 * `problem` (may be NULL) is called for each problem. *receipt is set on FUPIN_DONE only. */
FUPIN_API enum fupin_status fupin_submit(struct fupin_office *office, const char *const *files, size_t count,
                                         fupin_problem problem, void *context, struct fupin_receipt *receipt,
                                         char error[FUPIN_ERROR_BYTES]);

/* One total: `indicator` by code, periods as yyyymm. *value is times 10^decimals of the indicator,
 * *reported how many values stand behind it (0: nothing was reported), *seq the commit as of which. */
FUPIN_API enum fupin_status fupin_total(struct fupin_office *office, int64_t unit, int from, int to,
                                        const char *indicator, int64_t *value, uint32_t *reported,
                                        uint64_t *seq, char error[FUPIN_ERROR_BYTES]);

#ifdef __cplusplus
}
#endif

#endif
