/* Projects (notice 四(二), 四(三)): what the money is for. A project belongs to a unit (a village, or the
 * area that it serves) and goes forward by steps that offices submit, each with its day and its paper:
 *
 *   planned → noticed → under way → complete → accepted
 *
 * or is dropped. Steps are added, never changed; to change its plan, a project is registered anew. */
#ifndef FUPIN_COMMON_PROJECT_H
#define FUPIN_COMMON_PROJECT_H

#include "calendar.h"
#include "unit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum project_step {
	PROJECT_STEP_NONE = 0,
	PROJECT_REGISTER = 1,      /* 立项: its plan and budget, or changed ones */
	PROJECT_NOTICE = 2,        /* 事前公示: what is planned was made public; opens it for claims */
	PROJECT_SYSTEM = 3,        /* 四制: one of the four systems is in place */
	PROJECT_START = 4,         /* 开工 */
	PROJECT_PROGRESS = 5,      /* 进度: the percentage of the work that is done */
	PROJECT_FINISH = 6,        /* 竣工 */
	PROJECT_NOTICE_AFTER = 7,  /* 事后公示: what was done, and what it cost */
	PROJECT_NAME_ACCEPTOR = 8, /* 委托验收: by the leader of implementation */
	PROJECT_ACCEPTANCE = 9,    /* 验收: passed, which closes it, or with defects, to come again */
	PROJECT_DROP = 10,         /* 撤销: it is given up */
	PROJECT_STEPS = 11,
};

enum project_state {
	PROJECT_NONE = 0,
	PROJECT_PLANNED = 1,
	PROJECT_NOTICED = 2,
	PROJECT_UNDER_WAY = 3,
	PROJECT_COMPLETED = 4,
	PROJECT_ACCEPTED = 5, /* closed */
	PROJECT_DROPPED = 6,  /* closed */
	PROJECT_STATES = 7,
};

/* 四制 */
enum project_system {
	SYSTEM_NONE = 0,
	SYSTEM_LEGAL_PERSON = 1, /* 项目法人责任制 */
	SYSTEM_TENDERING = 2,    /* 招标投标制 */
	SYSTEM_SUPERVISION = 3,  /* 工程监理制 */
	SYSTEM_CONTRACT = 4,     /* 合同管理制 */
	PROJECT_SYSTEMS = 5,
};

/* The part of a budget that a source is to give. */
struct project_budget {
	uint32_t source; /* number in the catalogue */
	int64_t amount_fen;
};

enum { PROJECT_BUDGETS_MAX = 16, ACCEPTANCE_ITEMS_MAX = 32, PROJECT_CODE_BYTES_MAX = 48 };

/* The name of a project: its code or, if several units with a project of this code became one place,
 * "code@unit", with the unit that registered it. */
struct project_name {
	const char *code;
	size_t length;   /* of the code */
	unit_code owner; /* 0: not given; -1: the text after the @ is no unit's code */
};

struct project_name project_name_of(const char *text);

/* One step of a project. Fields that do not belong to the step are 0, "" or empty. */
struct project_row {
	unit_code unit;
	const char *code; /* of the project, unique for the unit, never used again */
	enum project_step step;
	date occurred;
	const char *document; /* the paper that it rests on */
	const char *note;     /* of an acceptance that did not pass: the defects; of a drop: why */
	/* Of a registration: */
	uint32_t replaces; /* registration that this one changes; 0: the first */
	const char *name;
	uint32_t kind;       /* number in the catalogue */
	unit_code leader;    /* the unit whose office leads its implementation, and so its acceptance */
	date begins, ends;   /* planned */
	size_t budget_count; /* by source, each once */
	const struct project_budget *budgets;
	/* Of a system, of progress (0..100), of naming the acceptor: */
	enum project_system system;
	uint32_t percent;
	unit_code acceptor;
	/* Of an acceptance: the items of the plan's checklist that are met, and when it is looked at again. */
	bool passed;
	size_t met_count;
	const uint32_t *met;
	date again_by;
	/* At the centre: index of the last unit of its place; is this the submission's first step of it? */
	uint32_t place;
	bool leads;
};

const char *project_step_name(enum project_step step);
const char *project_step_name_zh(enum project_step step);
bool project_step_parse(const char *text, enum project_step *out);
const char *project_state_name(enum project_state state);
const char *project_state_name_zh(enum project_state state);
bool project_state_parse(const char *text, enum project_state *out);
const char *project_system_name(enum project_system system);
const char *project_system_name_zh(enum project_system system);
bool project_system_parse(const char *text, enum project_system *out);

/* Is it accepted or dropped? Then nothing more is booked on it. */
bool project_is_closed(enum project_state state);

#endif
