/* Statements at start and on the command line, upon a database made by hand: what comes back, and what is
 * said when it does not; where a URI leads; and what the database's refusals mean. */
#include "case.h"
#include "fake_pg.h"

#include "postgres/pg.h"

#include <libpq-fe.h>
#include <stdlib.h>
#include <string.h>

static const struct pg_target target = {.uri = "postgresql:///test"};
static char error[PG_ERROR_BYTES];

static void
test_connect(void **state)
{
	(void)state;
	fake_reset();
	struct pg_conn *connection = pg_connect(&target, error);
	assert_non_null(connection);
	PQfinish((PGconn *)connection);
	fake.unreachable = true;
	*error = 0;
	assert_null(pg_connect(&target, error));
	assert_string_equal(error, "the line is broken");
}

static void
test_environment(void **state)
{
	/* As an orchestrator names its services. */
	static const char long_name[] =
	    "PGADMIN_REPORTING_DATABASE_PRODUCTION_SERVICE_PORT_5432_TCP_PROTOCOL_OF_THE_PORT";
	/* Kept with a database elsewhere; none with the embedded one. */
	static const struct {
		const char *name;
		bool kept;
	} rows[] = {{"PGHOST", false},       {"PGHOSTADDR", false},
	            {"PGPORT", false},       {"PGDATABASE", false},
	            {"PGUSER", false},       {"PGSERVICE", false},
	            {"PGOPTIONS", false},    {"PGTARGETSESSIONATTRS", false},
	            {"PGDATESTYLE", false},  {"PGTZ", false},
	            {"PGDATA", false},       {"PGPASSWORD", true},
	            {"PGPASSFILE", true},    {"PGSERVICEFILE", true},
	            {"PGSYSCONFDIR", true},  {"PGSSLMODE", true},
	            {"PGSSLROOTCERT", true}, {"PGKRBSRVNAME", true},
	            {"PGGSSENCMODE", true}};
	(void)state;
	for (int elsewhere = 0; elsewhere < 2; elsewhere++) {
		for (size_t i = 0; i < COUNT(rows); i++)
			assert_false(setenv(rows[i].name, "x", 1));
		assert_false(setenv("FUPIN_PGHOST", "x", 1));
		assert_false(setenv(long_name, "x", 1));
		pg_clear_environment(elsewhere);
		assert_null(getenv(long_name));
		for (size_t i = 0; i < COUNT(rows); i++)
			EXPECT((getenv(rows[i].name) != NULL) == (elsewhere && rows[i].kept), "%s, elsewhere %d",
			       rows[i].name, elsewhere);
		assert_non_null(getenv("FUPIN_PGHOST"));
	}
	pg_clear_environment(false);
}

static void
test_statements(void **state)
{
	struct pg_result *result;
	int64_t number = 5;
	(void)state;
	fake_reset();
	struct pg_conn *connection = pg_connect(&target, error);
	assert_true(pg_run(connection, "CREATE TABLE x", error) &&
	            pg_execute(connection, "DELETE x", 0, NULL, error));
	fake.value = "-42";
	assert_true(pg_number(connection, "SELECT 1", &number, error) && number == -42);
	assert_true(pg_query(connection, "SELECT 1", 0, NULL, &result, error));
	assert_string_equal(PQgetvalue((PGresult *)result, 0, 0), "-42");
	PQclear((PGresult *)result);
	fake.value = NULL;
	number = 5;
	assert_false(pg_number(connection, "SELECT 1", &number, error));
	assert_true(number == 5 && !strcmp(error, "no row"));
	for (int i = 0; i < 4; i++) {
		fake.fault = (struct fake_fault){.statement = i < 3 ? "DELETE" : "SELECT", .sqlstate = "42P01"};
		*error = 0;
		result = NULL;
		bool good = i == 0   ? pg_run(connection, "DELETE x", error)
		            : i == 1 ? pg_query(connection, "DELETE x", 0, NULL, &result, error)
		            : i == 2 ? pg_execute(connection, "DELETE x", 0, NULL, error)
		                     : pg_number(connection, "SELECT 1", &number, error);
		EXPECT(!good && !result && strstr(error, "42P01") && error[strlen(error) - 1] != '\n', "way %d: %s",
		       i, error);
	}
	PQfinish((PGconn *)connection);
}

/* Several hosts are taken in turns, each with its own port; of one libpq takes care. */
static void
test_hosts(void **state)
{
	static const struct {
		const char *uri;
		const char *hosts[3], *ports[3]; /* of the first attempts; NULL: not several */
	} rows[] = {
	    {"postgresql://a:1,b:2/x", {"a", "b", "a"}, {"1", "2", "1"}},
	    {"postgresql://a,b,c/x?port=7", {"a", "b", "c"}, {"7", "7", "7"}},
	    {"postgresql://a/x", {NULL}, {NULL}},
	    {"postgresql:///x", {NULL}, {NULL}},
	    {NULL, {NULL}, {NULL}},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		for (unsigned attempt = 0; attempt < 3; attempt++) {
			const struct pg_target where = {.uri = rows[i].uri};
			struct pg_host host;
			bool several = pg_host_of(&where, attempt, &host);
			EXPECT(several == (rows[i].hosts[0] != NULL), "row %zu", i);
			EXPECT(!several || (!strcmp(host.host, rows[i].hosts[attempt]) && !*host.address &&
			                    !strcmp(host.port, rows[i].ports[attempt])),
			       "row %zu attempt %u: %s %s", i, attempt, host.host, host.port);
		}
	const struct pg_target addresses = {.uri = "postgresql:///x?hostaddr=10.0.0.1,10.0.0.2"};
	struct pg_host host;
	assert_true(pg_host_of(&addresses, 1, &host) && !strcmp(host.address, "10.0.0.2") && !*host.host);
}

static void
test_passwords(void **state)
{
	static const struct {
		const char *uri;
		bool has;
	} rows[] = {{"postgresql:///x", false},
	            {"postgresql://fupin@a/x", false},
	            {"postgresql://fupin:p%20w@a/x", true},
	            {"postgresql://a/x?password=p", true},
	            {"host=a user=b password='p w'", true},
	            {"host=a user=b passfile=/f", false},
	            {"host=a sslkey=k sslpassword=p", true},
	            {"postgresql://a/x?passwort=p", true}};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		EXPECT(pg_has_password(rows[i].uri) == rows[i].has, "%s", rows[i].uri);
}

/* What a URI says comes behind the defaults, and a host of its list behind the URI. */
static void
test_parameters(void **state)
{
	const struct pg_target embedded = {.socket_dir = "/run/x", .user = "u", .database = "d"};
	const struct pg_host host = {.host = "h", .port = "7"};
	const char *names[PG_PARAMS], *values[PG_PARAMS];
	size_t n = 0, found = 0;
	(void)state;
	pg_parameters(&target, names, values);
	for (; names[n]; n++)
		found += !strcmp(names[n], "dbname") && !strcmp(values[n], target.uri);
	assert_true(found == 1 && !values[n]);
	pg_use_host(&host, names, values);
	assert_string_equal(names[n], "host");
	assert_string_equal(values[n], "h");
	assert_string_equal(names[n + 1], "port");
	assert_string_equal(values[n + 1], "7");
	assert_true(!names[n + 2] && !values[n + 2]); /* no address */
	pg_parameters(&embedded, names, values);
	for (n = found = 0; names[n]; n++)
		found += (!strcmp(names[n], "host") && !strcmp(values[n], "/run/x")) ||
		         (!strcmp(names[n], "user") && !strcmp(values[n], "u")) ||
		         (!strcmp(names[n], "dbname") && !strcmp(values[n], "d"));
	assert_int_equal(found, 3);
}

static void
test_meanings(void **state)
{
	static const struct {
		const char *sqlstate;
		enum problem_code code;
		enum pg_fault fault;
	} rows[] = {
	    {"25006", PROBLEM_STORE_UNAVAILABLE, PG_FAULT_READ_ONLY},
	    {"25P03", PROBLEM_STORE_UNAVAILABLE, PG_FAULT_SESSION},
	    {"57P05", PROBLEM_STORE_UNAVAILABLE, PG_FAULT_SESSION},
	    {"57014", PROBLEM_STORE_UNAVAILABLE, PG_FAULT_SESSION},
	    {"57000", PROBLEM_STORE_FAILED, PG_FAULT_SERVER},
	    {"40001", PROBLEM_STORE_UNAVAILABLE, PG_FAULT_SESSION},
	    {"40000", PROBLEM_STORE_FAILED, PG_FAULT_SERVER},
	    {"53100", PROBLEM_STORE_FULL, PG_FAULT_SERVER},
	    {"53200", PROBLEM_STORE_FULL, PG_FAULT_SERVER},
	    {"23505", PROBLEM_STORE_CONFLICT, PG_FAULT_DATA},
	    {"23503", PROBLEM_STORE_CONFLICT, PG_FAULT_DATA},
	    {"22021", PROBLEM_STORE_VALUE_REFUSED, PG_FAULT_DATA}, /* no byte sequence of the encoding */
	    {"22P05", PROBLEM_STORE_VALUE_REFUSED, PG_FAULT_DATA}, /* a character that the encoding lacks */
	    {"22008", PROBLEM_STORE_VALUE_REFUSED, PG_FAULT_DATA},
	    {"25001", PROBLEM_STORE_FAILED, PG_FAULT_SERVER},
	    {"42501", PROBLEM_STORE_FAILED, PG_FAULT_SERVER},
	    {"XX000", PROBLEM_STORE_FAILED, PG_FAULT_SERVER},
	    {"", PROBLEM_STORE_FAILED, PG_FAULT_SERVER},
	};
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		EXPECT(pg_problem(rows[i].sqlstate) == rows[i].code && pg_fault(rows[i].sqlstate) == rows[i].fault,
		       "%s", rows[i].sqlstate);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_connect), cmocka_unit_test(test_environment), cmocka_unit_test(test_statements),
	    cmocka_unit_test(test_hosts),   cmocka_unit_test(test_passwords),   cmocka_unit_test(test_parameters),
	    cmocka_unit_test(test_meanings)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
