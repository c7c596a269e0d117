#include "outbox_columns.h"

#include "column_table.h"
#include "outbox/outbox.h"

static bool
is_receipted(const void *row)
{
	return outbox_has_receipt(((const struct outbox_item *)row)->state);
}

READER(item_id)
{
	char id[ID_TEXT_BYTES];
	return cell_printed(r, "%s", submission_id_format(&((const struct outbox_item *)row)->id, id));
}

/* A time in words, as JSON has it beside its microseconds. */
READER(time_in_words)
{
	char text[20];
	time_format(*(const int64_t *)((const char *)row + column->offset), text);
	return cell_printed(r, "%s", text);
}

READER(item_problems)
{
	const struct outbox_item *item = row;
	return cell_text(reading_chooses(r, item->problems, item->problems_zh));
}

#define ROW struct outbox_item
#define RECEIPT_IN_JSON                                                                                      \
	COLUMN_OF("time", time_in_words, receipt.time_us, int64_t, WHEN(is_receipted), JSON_ONLY),               \
	    MICROSECONDS("time_us", receipt.time_us, WHEN(is_receipted), JSON_ONLY),                             \
	    COUNT("reports", receipt.report_count, WHEN(is_receipted), JSON_ONLY),                               \
	    COUNT("fund_entries", receipt.entry_count, WHEN(is_receipted), JSON_ONLY)

static const struct column items[] = {
    COUNT("number", position, TITLE("no.", "编号")),
    MADE("id", item_id, TITLE("submission", "报送编号")),
    DIGEST("digest", digest, JSON_ONLY),
    ENUM("state", state, outbox_state_name, outbox_state_name_zh, TITLE("state", "状态")),
    COLUMN_OF("saved", time_in_words, created_us, int64_t, JSON_ONLY),
    MICROSECONDS("saved_us", created_us, TABLE_ONLY, TITLE("saved", "保存时间")),
    COUNT("bytes", size, JSON_ONLY),
    COUNT("seq", receipt.seq, WHEN(is_receipted), TITLE("seq", "序号")),
    MICROSECONDS("receipt_us", receipt.time_us, WHEN(is_receipted), TABLE_ONLY, TITLE("receipt", "回执时间")),
    RECEIPT_IN_JSON,
    TEXT("files", files, TITLE("files", "文件")),
    MADE("problems", item_problems, MAYBE, .only_with = OUTBOX_WITH_PROBLEMS, TITLE("problems", "问题")),
};
const struct columns outbox_columns = COLUMNS("outbox", items);

static const struct column in_short[] = {
    MADE("id", item_id, TITLE("submission", "报送编号")),
    DIGEST("digest", digest, JSON_ONLY),
    ENUM("state", state, outbox_state_name, outbox_state_name_zh, TITLE("state", "状态")),
    COUNT("seq", receipt.seq, WHEN(is_receipted), TITLE("seq", "序号")),
    MICROSECONDS("receipt_us", receipt.time_us, WHEN(is_receipted), TABLE_ONLY, TITLE("receipt", "回执时间")),
    RECEIPT_IN_JSON,
    COLUMN_OF("saved", time_in_words, created_us, int64_t, JSON_ONLY),
    MICROSECONDS("saved_us", created_us, TABLE_ONLY, TITLE("saved", "保存时间")),
    TEXT("files", files, TITLE("files", "文件")),
    MADE("problems", item_problems, MAYBE, JSON_ONLY),
};
const struct columns outbox_short_columns = COLUMNS("submissions", in_short);
#undef ROW
