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
	};
	if (out->totals && out->records && out->extensions && out->documents)
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
}

bool
holdings_take(struct holdings *h, const struct submission *s, const struct receipt *receipt, unit_code office)
{
	bool good = records_add(h->records, receipt, office);
	for (size_t i = 0; good && i < s->report_count; i++)
		good = totals_add_report(h->totals, &s->reports[i], s->reports[i].replaces + 1, receipt->seq,
		                         receipt->time_us);
	for (size_t i = 0; good && i < s->entry_count; i++)
		good = totals_add_entry(h->totals, &s->entries[i], receipt->seq) &&
		       records_add_voucher(h->records, s->entries[i].unit, s->entries[i].voucher);
	for (size_t i = 0; good && i < s->extension_count; i++)
		good = extensions_add(h->extensions, &s->extensions[i]);
	for (size_t i = 0; good && i < s->review_count; i++)
		good = totals_add_review(h->totals, &s->reviews[i], receipt->seq);
	for (size_t i = 0; good && i < s->target_count; i++)
		good = totals_add_target(h->totals, &s->targets[i], s->targets[i].replaces + 1, receipt->seq);
	for (size_t i = 0; good && i < s->document_count; i++)
		good = documents_add(h->documents, &s->documents[i], s->documents[i].replaces + 1, receipt->seq,
		                     receipt->time_us);
	return good;
}
