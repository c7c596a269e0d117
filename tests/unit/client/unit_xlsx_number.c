/* Numbers of workbooks in text: figures never change on the way, dates of both calendars, what is refused. */
#include "case.h"

#include "xlsx/xlsx_number.h"

#include <string.h>

static const struct {
	const char *raw, *text;
	enum text_mark mark;
} figures[] = {
    {"0", "0"},
    {"-0", "0"},
    {"0.00", "0"},
    {"7", "7"},
    {"-12", "-12"},
    {"1234.10", "1234.1"},
    {"0.01", "0.01"},
    {"-0.5", "-0.5"},
    {".5", "0.5"},
    {"5.", "5"},
    {"007.50", "7.5"},
    {"100", "100"},
    {"1E2", "100"},
    {"1.5e+3", "1500"},
    {"2.5E-2", "0.025"},
    {"2.20821103204E11", "220821103204"},
    {"220821103204", "220821103204"},
    {"0.30000000000000004", "0.3"},
    {"1000.0000000000001", "1000"},
    {"999.99999999999989", "1000"},
    {"1234567.8900000001", "1234567.89"},
    {"9999999999.9899998", "9999999999.99"},
    {"99999999999.999985", "100000000000"},
    {"-999.99999999999989", "-1000"},
    {"9.9999999999999989", "10"},
    {"0.1000000000000000000", "0.1"},
    {"123456789012345", "123456789012345"},
    {"999999999999999", "999999999999999"},
    {"12345678901234.5", "12345678901234.5"},
    {"4.9E-29", "0.000000000000000000000000000049"},
    /* What could be a guess. */
    {"1000000000000000", "1000000000000000", TEXT_INEXACT},
    {"20130415000000012", "20130415000000012", TEXT_INEXACT},
    {"2.0130415E16", "2.0130415E16", TEXT_INEXACT},
    {"999999999999999.9", "999999999999999.9", TEXT_INEXACT},
    {"1.000000000000005", "1.000000000000005", TEXT_INEXACT},
    {"0.100000000000000005", "0.100000000000000005", TEXT_INEXACT},
    {"1.00000000000000000000001", "1.00000000000000000000001", TEXT_INEXACT},
    /* No numbers, or none that anybody reports: the column says what it thinks of them. */
    {"", ""},
    {"-", "-"},
    {".", "."},
    {"1e", "1e"},
    {"1e 5", "1e 5"},
    {"1e999", "1e999"},
    {"1,5", "1,5"},
    {"1.2.3", "1.2.3"},
    {"NaN", "NaN"},
    {"INF", "INF"},
    {"0x10", "0x10"},
    {"5.6843418860808015E-44", "5.6843418860808015E-44"},
};

static void
test_figures(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(figures); i++) {
		char out[NUMBER_TEXT_BYTES];
		enum text_mark mark = number_text(figures[i].raw, (struct number_format){0}, false, out);
		EXPECT(!strcmp(out, figures[i].text) && mark == figures[i].mark, "%s: %s, mark %d", figures[i].raw,
		       out, (int)mark);
	}
}

/* A cell's number, its format, and what is read. */
static const struct {
	const char *raw, *code, *text;
	enum text_mark mark;
	bool since_1904;
} shown[] = {
    {"41379", "yyyy-mm-dd", "2013-04-15", TEXT_DATE},
    {"41379", "yyyy\"年\"m\"月\"d\"日\"", "2013-04-15", TEXT_DATE},
    {"41365", "yyyy\"年\"m\"月\"", "2013-04-01", TEXT_DATE},
    {"41379", "[$-804]yyyy\\-mm\\-dd;@", "2013-04-15", TEXT_DATE},
    {"41379", "mmm", "2013-04-15", TEXT_DATE},
    {"41379.75", "yyyy/m/d h:mm", "2013-04-15", TEXT_DATE},
    {"41379", "[Red]D/M/YY", "2013-04-15", TEXT_DATE},
    {"39917", "yyyy-mm-dd", "2013-04-15", TEXT_DATE, true},
    {"0", "yyyy-mm-dd", "1904-01-01", TEXT_DATE, true},
    {"1", "yyyy-mm-dd", "1900-01-01", TEXT_DATE},
    {"59", "yyyy-mm-dd", "1900-02-28", TEXT_DATE},
    {"61", "yyyy-mm-dd", "1900-03-01", TEXT_DATE},
    {"36526", "yyyy-mm-dd", "2000-01-01", TEXT_DATE},
    {"2958465", "yyyy-mm-dd", "9999-12-31", TEXT_DATE},
    /* No days. */
    {"0", "yyyy-mm-dd", "0"},
    {"60", "yyyy-mm-dd", "60"},
    {"2958466", "yyyy-mm-dd", "2958466"},
    {"-5", "yyyy-mm-dd", "-5"},
    {"0.5", "h:mm", "12:00:00", TEXT_TYPED},
    {"0.5", "h:mm AM/PM", "12:00:00", TEXT_TYPED},
    {"1.5", "[h]:mm", "36:00:00", TEXT_TYPED},
    {"1.5", "[mm]:ss", "36:00:00", TEXT_TYPED},
    {"0.999999", "h:mm:ss", "24:00:00", TEXT_TYPED},
    {"41379", "General", "41379"},
    {"41379", "G/通用格式", "41379"},
    {"100", "G/通用格式\"万元\"", "100万元", TEXT_SHOWN},
    {"100", "General\" 人\"", "100 人", TEXT_SHOWN},
    /* What the format writes beside the figure. */
    {"41379", "#,##0.00\"day\"", "41379day", TEXT_SHOWN},
    {"41379", "#,##0\\d", "41379d", TEXT_SHOWN},
    {"12", "0\"万元\"", "12万元", TEXT_SHOWN},
    {"12", "0.00万元", "12万元", TEXT_SHOWN},
    {"12", "0!万!元", "12万元", TEXT_SHOWN},
    {"12", "\"约\"0_ ;[Red]-0", "约12", TEXT_SHOWN},
    {"12", "[$€-407] #,##0.00", "€12", TEXT_SHOWN},
    {"12", "$#,##0.00", "$12", TEXT_SHOWN},
    {"12", "[$￥-804]#,##0.00", "12"},
    {"12", "[$-804]#,##0.00", "12"},
    {"12", "¥#,##0.00;¥-#,##0.00", "12"},
    {"1234.5", "#,##0;(#,##0,)", "1234.5"},
    {"12", "\"PZ-\"0000", "PZ-0012", TEXT_SHOWN},
    {"12", "0000\"号\"", "0012号", TEXT_SHOWN},
    /* Something among the places: what is shown. */
    {"1234", "00-00", "12-34", TEXT_SHOWN},
    {"4", "00-00", "00-04", TEXT_SHOWN},
    {"123456", "00-00", "1234-56", TEXT_SHOWN},
    {"20130405", "0000\\-00\\-00", "2013-04-05", TEXT_SHOWN},
    {"201304", "0000\"年\"00\"月\"", "2013年04月", TEXT_SHOWN},
    {"4", "#\"年\"#\"月\"", "年4月", TEXT_SHOWN},
    {"120000", "0!.0000\"万元\"", "12.0000万元", TEXT_SHOWN},
    {"5", "0!.0000", "0.0005", TEXT_SHOWN},
    {"4315550100", "(000) 000-0000", "(431) 555-0100", TEXT_SHOWN},
    {"12.5", "00-00", "12.5", TEXT_SCALED},
    {"-12", "00-00", "-12", TEXT_SCALED},
    {"12", "0-0.0", "12", TEXT_SCALED},
    {"12",
     "0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、\"0\"、"
     "\"0\"、\"0",
     "12", TEXT_SCALED},
    {"12", "0.00W", "12W", TEXT_SHOWN},
    /* What groups digits, a fraction, a sign. */
    {"1234567", "#\\ ##0", "1234567"},
    {"1234567", "#,##0 ;-#,##0", "1234567"},
    {"1234567", "# ##0", "1234567"},
    {"1234567.5", "#'##0.00", "1234567.5"},
    {"0.5", "# ?/?", "0.5"},
    {"12", "+0;-0", "12"},
    {"12", "(0)", "12", TEXT_SCALED},
    {"-12", "-0", "-12", TEXT_SCALED},
    {"5", "-0", "5", TEXT_SCALED},
    {"0", "-0", "0"},
    {"5", "\"-\"0", "5", TEXT_SCALED},
    {"50", "[>100]0;\\-0", "50", TEXT_SCALED},
    {"50", "[>100]0;\"-\"0", "50", TEXT_SCALED},
    {"-50", "[>100]0;\\-0", "-50"},
    {"50.5", "[> 50.25]0\"元\";0", "50.5元", TEXT_SHOWN},
    {"50.25", "[> 50.25]0\"元\";0", "50.25"},
    {"-0.5", "[<-0.25]0\"元\";0", "-0.5元", TEXT_SHOWN},
    {"1E5", "[>=100000]0\"元\";0", "100000元", TEXT_SHOWN},
    {"0", "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "0"},
    {"-7.5", "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "-7.5"},
    {"7.5", "_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * \"-\"??_ ;_ @_ ", "7.5"},
    {"-12", "0;\"△ \"0", "-12"},
    {"-5", "¥#,##0;\"-¥\"#,##0", "-5"},
    {"-5", "0;[Red]0", "-5"},
    /* The figure says which part it is shown by. */
    {"12", "[=0]\"-\";0.00\"万元\"", "12万元", TEXT_SHOWN},
    {"12", "[=0]\"-\";0.00", "12"},
    {"0", "[=0]\"-\";0.00\"万元\"", "0"},
    {"12", "[<1]0;0\"万元\"", "12万元", TEXT_SHOWN},
    {"0.5", "[<1]0.0;0\"万元\"", "0.5"},
    {"12", "[Red][<1]0;0", "12"},
    {"50", "[>=100]0!.00;0", "50"},
    {"99.5", "[>=100]0!.00;0.0", "99.5"},
    {"100", "[>=100]0!.00;0", "1.00", TEXT_SHOWN},
    {"500", "[>=10000]0!.0000;General", "500"},
    {"20000", "[>=10000]0!.0000;General", "2.0000", TEXT_SHOWN},
    {"20000", "[>=10000]0.0,\"万\";0", "20000", TEXT_SCALED},
    {"5", "[>=10000]0.0,\"万\";0", "5"},
    {"5", "[<>5]0\"元\";0", "5"},
    {"6", "[<>5]0\"元\";0", "6元", TEXT_SHOWN},
    {"5", "[<3]0;[<6]0\"元\";0\"万元\"", "5元", TEXT_SHOWN},
    {"7", "[<3]0;[<6]0\"元\";0\"万元\"", "7万元", TEXT_SHOWN},
    {"2", "[<3]0;[<6]0\"元\";0\"万元\"", "2"},
    {"0.5", "[<1]0%;0", "50%", TEXT_TYPED},
    {"2", "[<1]0%;0", "2"},
    {"7", "[<3]0;[<6]0", "7", TEXT_SCALED}, /* shown as ### */
    {"7", "[<3]0", "7", TEXT_SCALED},
    {"7", "[<3]0;0;0\"万元\"", "7", TEXT_SCALED}, /* who knows */
    {"7", "0;[>3]0\"万元\"", "7", TEXT_SCALED},
    {"-12", "0;-0\"万元\"", "-12万元", TEXT_SHOWN},
    {"12", "0;-0\"万元\"", "12"},
    {"-1234.5", "#,##0;(#,##0,)", "-1234.5", TEXT_SCALED},
    {"-1234.5", "#,##0.0;\\-#,##0.0", "-1234.5"},
    {"-1234.5", "#,##0.0_);(#,##0.0)", "-1234.5"},
    {"-1234.5", "#,##0.0;\"△\"#,##0.0", "-1234.5"},
    {"-12", "\"PZ;\"0;0", "-12"},
    {"12", "\"PZ;\"0;0", "PZ;12", TEXT_SHOWN},
    {"0", "0.00;-0.00;\"无\"", "0"},
    {"12", "0.00;-0.00;\"无\"", "12"},
    {"12", "\"有\";-0;0", "12", TEXT_SCALED}, /* not to be seen */
    {"12", ";;;", "12", TEXT_SCALED},
    {"0", ";;;", "0"},
    {"12", "0;-0;0;\"PZ\"@", "12"},
    {"41379", "yyyy-mm-dd;-0;0", "2013-04-15", TEXT_DATE},
    /* A text that is too long to be kept may say anything. */
    {"12", "0\"万元（人民币，含税，不含配套资金）\"", "12", TEXT_SCALED},
    /* Shown divided by a thousand or more. */
    {"120000", "0!.0,\"万元\"", "120000", TEXT_SCALED},
    {"120000", "#,##0,", "120000", TEXT_SCALED},
    {"120000", "#,##0,,\"百万\"", "120000", TEXT_SCALED},
    {"120000", "#,##0,.00", "120000", TEXT_SCALED},
    {"120000", "0.0,_ ", "120000", TEXT_SCALED},
    {"1234.5", "#,##0.00_);[Red](#,##0.00)", "1234.5"},
    {"1234.5", "_ \"¥\"* #,##0.00_ ", "1234.5"},
    {"1234.5", "0.00E+00", "1234.5"},
    {"0.25", "0%", "25%", TEXT_TYPED},
    {"0.255", "0.00%", "25.5%", TEXT_TYPED},
    {"1", "0%", "100%", TEXT_TYPED},
    {"0", "0%", "0%", TEXT_TYPED},
    {"12", "0000", "0012"},
    {"12345", "0000", "12345"},
    {"1.5", "0000", "1.5"},
    {"-1", "0000", "-1"},
    {"7", "0", "7"},
    {"7", "\"open", "open7", TEXT_SHOWN},
    {"7", "[open", "7"},
    {"7", "\\", "7"},
    {"7", "", "7"},
};

static void
test_formats(void **state)
{
	struct arena arena;
	(void)state;
	arena_init(&arena, 1024 * 1024);
	for (size_t i = 0; i < COUNT(shown); i++) {
		char out[NUMBER_TEXT_BYTES];
		struct number_format format;
		assert_true(number_format_of_code(shown[i].code, &arena, &format));
		enum text_mark mark = number_text(shown[i].raw, format, shown[i].since_1904, out);
		EXPECT(!strcmp(out, shown[i].text) && mark == shown[i].mark, "%s as %s: %s, mark %d", shown[i].raw,
		       shown[i].code, out, (int)mark);
	}
	static const unsigned dates[] = {14, 17, 22, 27, 31, 36, 50, 57, 58}, times[] = {18, 21, 45, 47},
	                      others[] = {0, 1, 4, 49, 55};
	for (size_t i = 0; i < COUNT(dates); i++)
		assert_int_equal(number_format_of_id(dates[i]).kind, NUMBER_DATE);
	for (size_t i = 0; i < COUNT(times); i++)
		assert_int_equal(number_format_of_id(times[i]).kind, NUMBER_TIME);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(number_format_of_id(others[i]).kind, NUMBER_PLAIN);
	assert_int_equal(number_format_of_id(9).kind, NUMBER_PERCENT);
	arena_free(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_figures), cmocka_unit_test(test_formats)};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
