#include "holdings.h"

bool
holdings_create(const struct catalogue *catalogue, struct holdings *out)
{
	*out = (struct holdings){
	    .catalogue = catalogue,
	    .totals = totals_create(catalogue),
	    .records = records_create(),
	    .extensions = extensions_create(),
	    .documents = documents_create(),
	    .projects = projects_create(catalogue),
	};
	bool good = changes_create(catalogue, &out->changes);
	out->ledger = out->projects ? ledger_create(catalogue, out->projects) : NULL;
	if (good && out->totals && out->records && out->extensions && out->documents && out->ledger)
		return true;
	holdings_destroy(out);
	return false;
}

void
holdings_destroy(struct holdings *h)
{
	totals_destroy(&h->totals);
	records_destroy(&h->records);
	extensions_destroy(&h->extensions);
	documents_destroy(&h->documents);
	ledger_destroy(&h->ledger);
	projects_destroy(&h->projects);
	changes_destroy(&h->changes);
}

/* Both sides of an entry; of a reversal: those of what it undoes. */
static void
mark_entry(struct holdings *h, const struct fund_entry *entry)
{
	changes_mark(&h->changes, entry->unit);
	changes_mark(&h->changes, entry->kind == FUND_REVERSED
	                              ? ledger_counterparty(h->ledger, entry->unit, entry->refers)
	                              : entry->counterparty);
}

bool
holdings_take_entry(struct holdings *h, const struct fund_entry *entry, uint64_t seq, uint32_t line,
                    int64_t time_us)
{
	struct fund_effect effect;
	mark_entry(h, entry);
	return ledger_take(h->ledger, entry, seq, line, time_us, &effect) &&
	       totals_add_entry(h->totals, entry, effect, seq);
}

bool
holdings_take_report(struct holdings *h, const struct report *report, uint32_t revision, uint64_t seq,
                     int64_t time_us)
{
	changes_mark(&h->changes, report->unit);
	return totals_add_report(h->totals, report, revision, seq, time_us);
}

bool
holdings_take_review(struct holdings *h, const struct review *review, uint64_t seq)
{
	changes_mark(&h->changes, review->unit);
	return totals_add_review(h->totals, review, seq);
}

bool
holdings_take_target(struct holdings *h, const struct target_part *part, uint32_t revision, uint64_t seq)
{
	changes_mark(&h->changes, part->unit);
	return totals_add_target(h->totals, part, revision, seq);
}

bool
holdings_take_extension(struct holdings *h, const struct extension *extension)
{
	changes_mark_below(&h->changes, extension->unit);
	return extensions_add(h->extensions, extension);
}

bool
holdings_take_document(struct holdings *h, const struct document *document, uint32_t version, uint64_t seq,
                       int64_t time_us)
{
	changes_mark(&h->changes, document->unit);
	return documents_add(h->documents, document, version, seq, time_us);
}

bool
holdings_take_project(struct holdings *h, const struct project_row *row)
{
	changes_mark(&h->changes, row->unit);
	return projects_take(h->projects, row);
}

bool
holdings_take(struct holdings *h, const struct submission *s, const struct receipt *receipt, unit_code office)
{
	bool good = records_add(h->records, receipt, office);
	for (size_t i = 0; good && i < s->report_count; i++)
		good = holdings_take_report(h, &s->reports[i], s->reports[i].replaces + 1, receipt->seq,
		                            receipt->time_us);
	for (size_t i = 0; good && i < s->project_count; i++)
		good = holdings_take_project(h, &s->projects[i]);
	for (size_t i = 0; good && i < s->entry_count; i++)
		good = holdings_take_entry(h, &s->entries[i], receipt->seq, (uint32_t)i, receipt->time_us);
	for (size_t i = 0; good && i < s->extension_count; i++)
		good = holdings_take_extension(h, &s->extensions[i]);
	for (size_t i = 0; good && i < s->review_count; i++)
		good = holdings_take_review(h, &s->reviews[i], receipt->seq);
	for (size_t i = 0; good && i < s->target_count; i++)
		good = holdings_take_target(h, &s->targets[i], s->targets[i].replaces + 1, receipt->seq);
	for (size_t i = 0; good && i < s->document_count; i++)
		good = holdings_take_document(h, &s->documents[i], s->documents[i].replaces + 1, receipt->seq,
		                              receipt->time_us);
	return good;
}
