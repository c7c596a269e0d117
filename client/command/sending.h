/* Sending through the outbox, and printing the answers; shared by all subcommands that submit. */
#ifndef FUPIN_CLIENT_SENDING_H
#define FUPIN_CLIENT_SENDING_H

#include "command.h"
#include "outbox/outbox.h"
#include "output/progress.h"

struct refusal;

struct sending {
	struct command *command;
	struct outbox *outbox;
	struct progress progress;
};

/* After command_open() and command_catalogue() (or command_open_home(): then nothing can be delivered). All
 * return an exit status; a message was printed. */
int sending_open(struct sending *sending, struct command *command);
void sending_close(struct sending *sending);

/* Gives a submission with an office's decisions an id, and saves it; `what` names it for people. */
int sending_save(struct sending *sending, const struct submission *submission, const char *what);

/* The same for a document, whose file is at `path` (absolute). The same document a second time is the same
 * submission; its transfer goes on where it stopped. */
int sending_save_document(struct sending *sending, struct document *document, const char *path,
                          const char *what);

/* Print an answer, however it arrived. */
void sending_print_receipt(struct sending *sending, const struct outbox_item *item,
                           const struct receipt *receipt);
void sending_print_refusal(struct sending *sending, const struct outbox_item *item,
                           const struct refusal *refusal);

/* Delivers all that waits; prints receipts and refusals (`quiet`: their numbers only), on a terminal how far
 * it is. */
int sending_deliver(struct sending *sending, bool quiet);

/* Prints, when the centre cannot be reached, that what waits is saved and goes later; returns the exit
 * status for that. */
int sending_postpone(struct sending *sending);

#endif
