/* How libFuzzer changes the files of a plan: a cell of one gets another text (one that stands elsewhere in
 * the plan, a word that means something there, or anything), a row is doubled, left out or moved. Bytes
 * changed at random would mostly fail at the header. Only where libFuzzer is. */
#include "../unit/lib/dice.h"
#include "small_plan.h"

#include <stdbool.h>
#include <string.h>

enum { FILE_BYTES = 8192, CELL_BYTES = 256 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);

static struct dice dice;

/* A stretch of a text, from a place up to the next of `ends` or the end. */
static struct part_text
stretch(struct part_text text, size_t from, const char *ends)
{
	size_t size = 0;
	while (from + size < text.size && !(text.bytes[from + size] && strchr(ends, text.bytes[from + size])))
		size++;
	return (struct part_text){text.bytes + from, size};
}

/* One of the cells, or of the rows, with `ends` around it. */
static struct part_text
some_stretch(struct part_text text, const char *ends)
{
	size_t from = text.size ? dice_pick(&dice, text.size) : 0;
	while (from && !(text.bytes[from - 1] && strchr(ends, text.bytes[from - 1])))
		from--;
	return stretch(text, from, ends);
}

static struct part_text
some_word(void)
{
	static const char *const words[] = {"",
	                                    "0",
	                                    "1",
	                                    "2",
	                                    "-1",
	                                    "9999",
	                                    "10000",
	                                    "99999999999999999999",
	                                    "1000000000000",
	                                    "0.5",
	                                    "100",
	                                    "yes",
	                                    "no",
	                                    "flow",
	                                    "stock",
	                                    "village",
	                                    "county",
	                                    "township",
	                                    "province",
	                                    "22",
	                                    "2208",
	                                    "220821",
	                                    "220821103204",
	                                    "220881101202",
	                                    "2013",
	                                    "2013-01",
	                                    "2013-12",
	                                    "2012-12",
	                                    "2099-12",
	                                    "2000-01",
	                                    "2013-04-15",
	                                    "24:00",
	                                    "00:00",
	                                    "open",
	                                    "due",
	                                    "closed",
	                                    "corrections",
	                                    "jump",
	                                    "needs",
	                                    "exceeds",
	                                    "target",
	                                    "pace",
	                                    "share",
	                                    "funds",
	                                    "on_time",
	                                    "approved",
	                                    "submitted",
	                                    "fund:raised",
	                                    "fund:spent",
	                                    "fund:received",
	                                    "red",
	                                    "amber",
	                                    "at_most",
	                                    "at_least",
	                                    "yuan",
	                                    "percent",
	                                    "ratio",
	                                    "days",
	                                    "count",
	                                    "admin",
	                                    "off",
	                                    "work",
	                                    "households",
	                                    "staff",
	                                    "village_subsidy",
	                                    "industry_fund",
	                                    "industry training interest",
	                                    "county prefecture province"};
	const char *word = words[dice_pick(&dice, sizeof words / sizeof *words)];
	return (struct part_text){(const uint8_t *)word, strlen(word)};
}

/* `text` with other bytes in the place of a part of it; 0: no room. */
static size_t
spliced(struct part_text text, struct part_text old, struct part_text fresh, uint8_t out[FILE_BYTES])
{
	size_t before = (size_t)(old.bytes - text.bytes), behind = before + old.size;
	if (text.size - old.size + fresh.size > FILE_BYTES)
		return 0;
	memcpy(out, text.bytes, before);
	if (fresh.size)
		memcpy(out + before, fresh.bytes, fresh.size);
	memcpy(out + before + fresh.size, text.bytes + behind, text.size - behind);
	return text.size - old.size + fresh.size;
}

static size_t
change_cell(const struct part_text texts[SMALL_PLAN_FILES], struct part_text text, uint8_t out[FILE_BYTES])
{
	uint8_t room[CELL_BYTES];
	struct part_text old = some_stretch(text, ",\n"), fresh = some_word();
	switch (dice_pick(&dice, 4)) {
	case 0:
		fresh = some_stretch(text, ",\n");
		break;
	case 1:
		fresh = some_stretch(texts[dice_pick(&dice, SMALL_PLAN_FILES)], ",\n");
		break;
	case 2:
		if (old.size <= CELL_BYTES / 2) {
			memcpy(room, old.bytes, old.size);
			fresh = (struct part_text){room, LLVMFuzzerMutate(room, old.size, CELL_BYTES)};
		}
		break;
	}
	return spliced(text, old, fresh, out);
}

static size_t
change_row(struct part_text text, uint8_t out[FILE_BYTES])
{
	struct part_text row = some_stretch(text, "\n"), other = some_stretch(text, "\n");
	const struct part_text before = {other.bytes, 0};
	bool ends = row.bytes + row.size < text.bytes + text.size;
	if (!ends)
		return 0;
	row.size++; /* with its end */
	return dice_pick(&dice, 3) ? spliced(text, before, row, out)
	                           : spliced(text, row, (struct part_text){NULL, 0}, out);
}

static size_t
change_file(const struct part_text texts[SMALL_PLAN_FILES], size_t which, uint8_t out[FILE_BYTES])
{
	struct part_text text = texts[which];
	if (!text.size || text.size > FILE_BYTES)
		return 0;
	bool sql = small_plan_letters[which] == '1' || small_plan_letters[which] == '2';
	if (sql || !dice_pick(&dice, 16)) {
		memcpy(out, text.bytes, text.size);
		return LLVMFuzzerMutate(out, text.size, FILE_BYTES);
	}
	return dice_pick(&dice, 5) ? change_cell(texts, text, out) : change_row(text, out);
}

/* The parts that the input had, but for the one that is changed; then that. */
size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
	static uint8_t file[FILE_BYTES], out[4 * FILE_BYTES];
	struct part_text texts[SMALL_PLAN_FILES], usual[SMALL_PLAN_FILES];
	size_t used = 0;
	dice.state = seed;
	small_plan_texts(usual);
	small_plan_texts(texts);
	parts_split(data, size, small_plan_letters, texts);
	size_t which = dice_pick(&dice, SMALL_PLAN_FILES);
	size_t changed = dice_pick(&dice, 16) ? change_file(texts, which, file) : 0;
	if (!changed)
		return LLVMFuzzerMutate(data, size, max_size);
	texts[which] = (struct part_text){file, changed};
	for (size_t i = 0; i < SMALL_PLAN_FILES; i++) {
		if (texts[i].bytes == usual[i].bytes)
			continue;
		if (used + texts[i].size + 2 > sizeof out || used + texts[i].size + 2 > max_size)
			return LLVMFuzzerMutate(data, size, max_size);
		out[used++] = (uint8_t)small_plan_letters[i];
		if (texts[i].size)
			memcpy(out + used, texts[i].bytes, texts[i].size);
		used += texts[i].size;
		out[used++] = PART_END;
	}
	memcpy(data, out, used);
	return used;
}
