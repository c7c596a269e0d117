/* Shared by the codec's files only. */
#ifndef FUPIN_PROTO_CODEC_INTERNAL_H
#define FUPIN_PROTO_CODEC_INTERNAL_H

#include "codec.h"
#include "fupin.pb-c.h"

/* protobuf-c's memory comes from the arena; freeing is the arena's. */
ProtobufCAllocator codec_allocator(struct arena *arena);

/* Serialises into the arena. */
bool codec_pack(struct arena *arena, const ProtobufCMessage *message, uint8_t **bytes, size_t *size);

/* A string that protobuf may leave unset. */
const char *codec_string(const char *text);

/* Our text for a protobuf-c field, which is not const. */
char *codec_text(const char *text);

/* The same for a field of bytes. */
ProtobufCBinaryData codec_bytes(const char *text);

/* Text of a request comes as bytes, so that a NUL in it is seen: it becomes a control character, which
 * the check refuses, and never cuts the text. */
const char *codec_take_text(struct arena *arena, const ProtobufCBinaryData *bytes);
/* A code of a question, into `room` bytes. False: none is so long, or has a NUL, or is not UTF-8: it may
 * come back in a refusal, whose texts everybody has to be able to read. */
bool codec_take_code(const ProtobufCBinaryData *bytes, char *out, size_t room);
/* The same of a voucher, or a project's code. */
bool codec_take_voucher(const ProtobufCBinaryData *bytes, char out[VOUCHER_BYTES_MAX + 1]);

/* An array of `count` pointers to elements of a new array; each element starts as `*init`. Returns the
 * pointers (NULL if memory ran out, or count is 0), the elements lie behind each other at *first. */
void *codec_pointers(struct arena *arena, size_t count, const void *init, size_t size, void **first);

/* NULL for none: now. */
Fupin__V1__AsOf *codec_as_of_to_wire(struct arena *arena, const struct as_of *as_of, bool *good);
struct as_of codec_as_of_from_wire(const Fupin__V1__AsOf *wire);

bool codec_completeness_query_to_wire(struct arena *arena, const struct completeness_query *query,
                                      Fupin__V1__CompletenessQuery *wire);
void codec_completeness_query_from_wire(const Fupin__V1__CompletenessQuery *wire,
                                        struct completeness_query *out);
bool codec_completeness_to_wire(struct arena *arena, const struct completeness_answer *answer,
                                Fupin__V1__Completeness *wire);
bool codec_completeness_from_wire(struct arena *arena, const Fupin__V1__Completeness *wire,
                                  struct completeness_answer *out);
bool codec_history_to_wire(struct arena *arena, const struct history_answer *answer,
                           Fupin__V1__History *wire);
bool codec_history_from_wire(struct arena *arena, const Fupin__V1__History *wire, struct history_answer *out);

bool codec_report_query_to_wire(struct arena *arena, const struct report_query *query,
                                Fupin__V1__ReportQuery *wire);
bool codec_report_query_from_wire(struct arena *arena, const Fupin__V1__ReportQuery *wire,
                                  struct report_query *out);
bool codec_reports_to_wire(struct arena *arena, const struct report_answer *answer, Fupin__V1__Reports *wire);
bool codec_reports_from_wire(struct arena *arena, const Fupin__V1__Reports *wire, struct report_answer *out);

void codec_target_to_wire(const struct target_value *from, Fupin__V1__TargetValue *to);
struct target_value codec_target_from_wire(const Fupin__V1__TargetValue *from);
bool codec_targets_to_wire(struct arena *arena, const struct target_answer *answer, Fupin__V1__Targets *wire);
bool codec_targets_from_wire(struct arena *arena, const Fupin__V1__Targets *wire, struct target_answer *out);

bool codec_appraisal_query_to_wire(struct arena *arena, const struct appraisal_query *query,
                                   Fupin__V1__AppraisalQuery *wire);
struct appraisal_query codec_appraisal_query_from_wire(const Fupin__V1__AppraisalQuery *wire);
bool codec_appraisal_to_wire(struct arena *arena, const struct appraisal_answer *answer,
                             Fupin__V1__Appraisal *wire);
bool codec_appraisal_from_wire(struct arena *arena, const Fupin__V1__Appraisal *wire,
                               struct appraisal_answer *out);
bool codec_appraisal_items_to_wire(struct arena *arena, const struct catalogue *c,
                                   Fupin__V1__Catalogue *wire);
bool codec_appraisal_items_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c);
/* A digest of another length is refused: false. */
bool codec_digest_from_wire(const ProtobufCBinaryData *bytes, struct digest *out);
ProtobufCBinaryData codec_binary(const void *bytes, size_t size);
enum file_type codec_file_type(int type);

bool codec_upload_from_wire(const Fupin__V1__Upload *wire, struct upload *out);
void codec_upload_to_wire(const struct upload *upload, Fupin__V1__Upload *wire);
void codec_document_query_from_wire(const Fupin__V1__DocumentQuery *wire, struct document_query *out);
bool codec_document_query_to_wire(struct arena *arena, const struct document_query *query,
                                  Fupin__V1__DocumentQuery *wire);
void codec_file_query_from_wire(const Fupin__V1__FileQuery *wire, struct file_query *out);
bool codec_file_query_to_wire(struct arena *arena, const struct file_query *query,
                              Fupin__V1__FileQuery *wire);
bool codec_documents_to_wire(struct arena *arena, const struct document_answer *answer,
                             Fupin__V1__Documents *wire);
bool codec_documents_from_wire(struct arena *arena, const Fupin__V1__Documents *wire,
                               struct document_answer *out);
bool codec_file_to_wire(struct arena *arena, const struct file_part *file, Fupin__V1__FilePart *wire);
bool codec_file_from_wire(const Fupin__V1__FilePart *wire, struct file_part *out);

bool codec_entry_from_wire(struct arena *arena, const Fupin__V1__FundEntry *wire, struct fund_entry *out);
void codec_entry_to_wire(const struct fund_entry *entry, Fupin__V1__FundEntry *wire);

bool codec_balance_query_from_wire(const Fupin__V1__BalanceQuery *wire, struct balance_query *out);
bool codec_balance_query_to_wire(struct arena *arena, const struct balance_query *query,
                                 Fupin__V1__BalanceQuery *wire);
bool codec_entry_query_from_wire(const Fupin__V1__EntryQuery *wire, struct entry_query *out);
bool codec_entry_query_to_wire(struct arena *arena, const struct entry_query *query,
                               Fupin__V1__EntryQuery *wire);
bool codec_trace_query_from_wire(const Fupin__V1__TraceQuery *wire, struct trace_query *out);
bool codec_trace_query_to_wire(struct arena *arena, const struct trace_query *query,
                               Fupin__V1__TraceQuery *wire);
bool codec_balances_to_wire(struct arena *arena, const struct balance_answer *answer,
                            Fupin__V1__Balances *wire);
bool codec_balances_from_wire(struct arena *arena, const Fupin__V1__Balances *wire,
                              struct balance_answer *out);
bool codec_entries_to_wire(struct arena *arena, const struct entry_answer *answer, Fupin__V1__Entries *wire);
bool codec_entries_from_wire(struct arena *arena, const Fupin__V1__Entries *wire, struct entry_answer *out);
bool codec_trace_to_wire(struct arena *arena, const struct trace_answer *answer, Fupin__V1__Trace *wire);
bool codec_trace_from_wire(struct arena *arena, const Fupin__V1__Trace *wire, struct trace_answer *out);

bool codec_compliance_query_from_wire(struct arena *arena, const Fupin__V1__ComplianceQuery *wire,
                                      struct compliance_query *out);
bool codec_compliance_query_to_wire(struct arena *arena, const struct compliance_query *query,
                                    Fupin__V1__ComplianceQuery *wire);
bool codec_compliance_to_wire(struct arena *arena, const struct compliance_answer *answer,
                              Fupin__V1__Compliance *wire);
bool codec_compliance_from_wire(struct arena *arena, const Fupin__V1__Compliance *wire,
                                struct compliance_answer *out);
bool codec_turns_to_wire(struct arena *arena, const struct push *push, Fupin__V1__Turns *wire);
bool codec_turns_from_wire(struct arena *arena, const Fupin__V1__Turns *wire, struct push *out);
bool codec_rules_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire);
bool codec_rules_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c);
/* One step of a project; false: no memory, or `malformed` says what is wrong. */
bool codec_project_from_wire(struct arena *arena, const Fupin__V1__ProjectRow *wire, struct project_row *out,
                             const char **malformed);
bool codec_project_to_wire(struct arena *arena, const struct project_row *row, Fupin__V1__ProjectRow *wire);
bool codec_project_is_known(const Fupin__V1__ProjectRow *wire);
/* False: a code is none (codec_take_voucher), or there is no such state. */
bool codec_project_query_from_wire(const Fupin__V1__ProjectQuery *wire, struct project_query *out);
bool codec_project_query_to_wire(struct arena *arena, const struct project_query *query,
                                 Fupin__V1__ProjectQuery *wire);
bool codec_projects_to_wire(struct arena *arena, const struct project_answer *answer,
                            Fupin__V1__Projects *wire);
bool codec_projects_from_wire(struct arena *arena, const Fupin__V1__Projects *wire,
                              struct project_answer *out);
bool codec_project_kinds_to_wire(struct arena *arena, const struct catalogue *c, Fupin__V1__Catalogue *wire);
bool codec_project_kinds_from_wire(const Fupin__V1__Catalogue *wire, struct catalogue *c);

struct carry codec_carry_from_wire(const Fupin__V1__Carry *wire);
void codec_carry_to_wire(const struct carry *carry, Fupin__V1__Carry *wire);
/* False: its id is of another length. */
bool codec_carried_from_wire(const Fupin__V1__Carried *wire, struct carried *out);
void codec_carried_to_wire(const struct carried *carried, Fupin__V1__Carried *wire);
/* Enrolment, whole bodies at once. False: `what` says what is wrong, or (NULL) there is no memory. */
bool codec_enrol_request_from_wire(struct arena *arena, const Fupin__V1__Request *wire, struct request *out,
                                   const char **what);
/* False: another kind, or no memory. */
bool codec_enrol_request_to_wire(struct arena *arena, const struct request *request,
                                 Fupin__V1__Request *wire);
bool codec_enrol_reply_to_wire(struct arena *arena, const struct reply *reply, Fupin__V1__Reply *wire);
bool codec_enrol_reply_from_wire(struct arena *arena, const Fupin__V1__Reply *wire, struct reply *out);

/* NULL, false: no memory. */
Fupin__V1__Keys *codec_keys_to_wire(struct arena *arena, const struct key_list *list);
bool codec_keys_from_wire(struct arena *arena, const Fupin__V1__Keys *wire, struct key_list *out);

struct report_key codec_key_from_wire(const Fupin__V1__ReportKey *wire);
void codec_key_to_wire(const struct report_key *key, Fupin__V1__ReportKey *wire);

bool codec_catalogue_to_wire(struct arena *arena, const struct catalogue_answer *answer,
                             Fupin__V1__Catalogue *wire);

#endif
