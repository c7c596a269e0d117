/* Projects: where each one stands, made from its steps in the order of commits. Whether a step is allowed is
 * decided here; whether the money allows it, in the ledger.
 *
 * As in the ledger there are two states: what is taken (on disk), and what is staged on top of it (checked,
 * on its way to the disk). The steps of a project are on their way in one submission at a time
 * (records_claim()), so a step's refusal is final. Pure. */
#ifndef FUPIN_SERVER_PROJECTS_H
#define FUPIN_SERVER_PROJECTS_H

#include "reply.h"

#include <stdbool.h>

struct projects;

/* How far a project is. */
struct project_way {
	enum project_state state;
	uint32_t revision;              /* of its registration; 0: there is none */
	const struct project_row *plan; /* as it was registered last */
	unit_code leader, acceptor;     /* the acceptor is the leader, until the leader names another one */
	uint32_t percent;
	unsigned systems;   /* bits: 1 << system */
	bool noticed_after; /* made public after the work */
	date since, noticed,
	    finished;  /* days: of the first registration, of the notice before the work, of the finish */
	date ends;     /* planned end; of a finished project as planned when it was finished */
	date moved;    /* day of the last step that changed the state */
	date again_by; /* after an acceptance with defects: day by which it has to be repeated; 0: none */
};

/* A step of a project, as it is kept. */
struct project_moment {
	struct project_moment *next;
	struct project_row row;
};

struct project {
	unit_code unit; /* that it was registered for */
	char code[PROJECT_CODE_BYTES_MAX + 1];
	uint64_t key;   /* a number of the code's key */
	uint32_t index; /* from 0, among all projects; the ledger finds the project's accounts by it */
	struct project_way taken, staged;
	const struct submission *by; /* the submission whose steps are staged; NULL: none are */
	struct project_moment *first, **end;
	struct project *spare; /* the next one in the list of projects that were unstaged and can be used again */
};

/* The catalogue must outlive it. NULL: no memory. */
struct projects *projects_create(const struct catalogue *catalogue);
void projects_destroy(struct projects **projects);

/* Stages the steps of a checked submission that an office sends, all or none; its memory (of which the arena
 * is the owner) has to stay until they are taken or unstaged. Each step becomes one of the unit that
 * registered its project, by the bare code. False: `problems` says why. */
bool projects_stage(struct projects *projects, struct submission *submission, struct arena *arena,
                    unit_code office, struct problem_list *problems) __attribute__((warn_unused_result));
/* To be called after that: an entry's project becomes "code@unit" where it was registered by another unit of
 * the place than the one whose money the entry moves. False: `problems` says why. */
bool projects_name_entries(const struct projects *projects, struct submission *submission,
                           struct arena *arena, struct problem_list *problems)
    __attribute__((warn_unused_result));
/* Entries on a project that is removed by this have to be unstaged before. */
void projects_unstage(struct projects *projects, const struct submission *submission);

/* Takes over a committed step, staged or not. False: there is no such project or unit, or no memory. */
bool projects_take(struct projects *projects, const struct project_row *row)
    __attribute__((warn_unused_result));

/* The project that was registered by the unit, or by the one that the name says; NULL: there is none, not
 * even a staged one. Rows on disk, and staged ones, name projects like this. */
struct project *projects_find(const struct projects *projects, unit_code unit, const char *name);
/* How a shelf is ordered: < 0, 0, > 0 as the project stands before, at or behind this code of this unit. */
int project_compare(const struct project *project, const struct project_name *name, unit_code unit);
/* Its name at its place: its code, or "code@unit" if another project there has the same code. */
const char *projects_name(const struct projects *projects, const struct project *project,
                          char out[VOUCHER_BYTES_MAX + 1]);

/* All of one place (index of its last unit), by code and unit. */
size_t projects_of_place(const struct projects *projects, size_t place, struct project *const **first);
size_t projects_count(const struct projects *projects);

/* The day by which it has to be accepted; 0: none. */
date project_due(const struct catalogue *catalogue, const struct project_way *way);

#endif
