#include "document_columns.h"

#include "column_table.h"
#include "reply.h"

static bool
is_sent(const void *row)
{
	return ((const struct document_item *)row)->key.version;
}

/* The first version counts: a document that was sent in time stays so when it is corrected later. */
READER(document_state)
{
	const struct document_item *item = row;
	if (is_sent(row))
		return item->first_time < item->due ? cell_named(r, "on time", "按时", "on_time")
		                                    : cell_named(r, "late", "迟报", "late");
	return r->time_us / 1000000 >= item->due ? cell_named(r, "missing", "未报", "missing")
	                                         : cell_named(r, "not due yet", "未到期", "not_due");
}

READER(document_kind)
{
	const struct document_item *item = row;
	const struct document_kind *kind = catalogue_document(r->catalogue, item->key.kind);
	return kind ? cell_named(r, kind->name_en, kind->name_zh, kind->code) : cell_text("");
}

#define ROW struct document_item
static const struct column documents[] = {
    UNIT("unit", key.unit, TITLE("code", "代码")),
    UNIT_NAME("unit_name", key.unit, TITLE("unit", "单位")),
    MADE("kind", document_kind, TITLE("document", "文件")),
    MADE("state", document_state, TITLE("state", "状态")),
    DEADLINE("due", due, TITLE("due", "期限")),
    COUNT("version", key.version, DASH, TITLE("version", "版次")),
    SECONDS("first_time", first_time, WHEN(is_sent), JSON_ONLY),
    SECONDS("time", time, WHEN(is_sent), TITLE("sent", "报送")),
    COUNT("seq", seq, WHEN(is_sent), JSON_ONLY),
    ENUM("type", type, file_type_name, file_type_name, WHEN(is_sent), TITLE("type", "类型")),
    COUNT("size", size, WHEN(is_sent), TITLE("bytes", "字节")),
    DIGEST("digest", digest, WHEN(is_sent), JSON_ONLY),
    TEXT("name", name, WHEN(is_sent), TITLE("name", "文件名")),
    TEXT("note", note, WHEN(is_sent), TITLE("note", "摘要")),
};
const struct columns document_columns = COLUMNS("documents", documents);
#undef ROW
