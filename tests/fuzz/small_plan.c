#include "small_plan.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RULE(number, name, levels, bound, threshold, measure, due)                                           \
	number "," name "," levels ",red," bound "," threshold "," measure "," due ",规则,Rule,三\n"

static const struct {
	char letter;
	const char *name, *text;
} files[SMALL_PLAN_FILES] = {
    {'p', "plan.csv",
     "key,value\ncode,fuzz-2013\ntitle_zh,测试方案\ntitle_en,A plan for tests\nsource,made by "
     "hand\nyear,2013\n"
     "books_closed,2012-12-31\nprojects_since,2011-01-01\nacceptance_due,2013-11-30\n"},
    {'u', "units.csv",
     "code,parent,level,name,code_basis,first_period,last_period,successor\n"
     "22,,province,吉林省,test,,,\n2208,22,prefecture,白城市,test,,,\n2224,22,prefecture,延边州,test,,,\n"
     "220821,2208,county,镇赉县,test,,,\n220881,2208,county,洮南市,test,,,\n222401,2224,county,延吉市,test,,,"
     "\n"
     "220821103,220821,township,五棵树镇,test,,,\n220881101,220881,township,车力乡,test,,,\n"
     "220821103204,220821103,village,西明嘎村,test,,,\n220821103205,220821103,village,永安村,test,,,\n"
     "220881101201,220881101,village,保民村,test,,2013-06,220881101202\n"
     "220881101202,220881101,village,新民村,test,2013-07,,\n"},
    {'f', "forms.csv",
     "number,form,version,level,name_zh,name_en,first_period,last_period\n"
     "1,village,1,village,村月报,Village report,2013-01,2013-06\n"
     "1,village,2,village,村月报,Village report,2013-07,2013-12\n"
     "2,county,1,county,县月报,County report,2013-01,2013-12\n"},
    {'i', "indicators.csv",
     "form,version,number,indicator,name_zh,name_en,measure_zh,measure_en,decimals,kind,required,minimum,"
     "maximum,"
     "part_of,project,notice,base,step_after\n"
     "village,1,1,industry_fund,产业资金,Industry fund,元,yuan,2,flow,no,0,1000000,village_subsidy,T1,一,,\n"
     "village,1,2,village_subsidy,补助到村资金,Village subsidy,元,yuan,2,flow,yes,0,1000000000,,T1,一,,\n"
     "village,1,3,households,户数,Households,户,households,0,stock,no,0,1000,,T1,一,,\n"
     "village,1,4,trained,培训人次,Trained,人次,persons,0,flow,no,0,5000,,T1,一,households,\n"
     "village,2,1,industry_fund,产业资金,Industry fund,元,yuan,2,flow,no,0,1000000,village_subsidy,T1,一,,\n"
     "village,2,2,village_subsidy,补助到村资金,Village subsidy,元,yuan,2,flow,yes,0,1000000000,,T1,一,,\n"
     "village,2,3,households,户数,Households,户,households,0,stock,no,0,1000,,T1,一,,\n"
     "village,2,5,started,启动,Started,是否,yes or no,0,stock,no,0,1,,T2,一,,\n"
     "village,2,6,completed,完成,Completed,是否,yes or no,0,stock,no,0,1,,T2,一,,started\n"
     "county,1,7,matching,配套资金,Matching fund,元,yuan,2,flow,no,0,1000000000,,T1,一,,\n"
     "county,1,8,staff,工作人员,Staff,人,persons,0,stock,no,0,1000,,T1,一,,\n"
     "county,1,9,balance,净变动,Balance,户,households,0,flow,no,-100,100,,T1,一,,\n"},
    {'c', "counts.csv",
     "number,form,indicator,name_zh,name_en,measure_zh,measure_en,counts,at_least,project,notice\n"
     "91,county,staffed,有人员的县,Staffed counties,县,counties,staff,2,P3,三\n"},
    {'s', "fund_sources.csv",
     "number,source,name_zh,name_en,special,notice,loan,uses\n1,central,中央资金,Central funds,yes,四,no,\n"
     "2,province,省级资金,Provincial funds,yes,四,no,\n3,social,社会帮扶资金,Social funds,no,四,no,\n"
     "4,loan,贴息贷款,Subsidised loans,no,四,yes,industry\n"},
    {'e', "fund_uses.csv",
     "number,use,name_zh,name_en,notice,loan\n1,industry,产业,Industry,四,no\n2,training,培训,Training,四,"
     "no\n"
     "3,interest,贴息,Interest,四,yes\n"},
    {'g', "groups.csv",
     "group,name,unit,basis\nborder-county,边境县,222401,test\nkey-county,重点县,220821,test\n"
     "key-county,重点县,222401,test\n"},
    {'t', "targets.csv",
     "unit,year,measure,value,notice\n22,2013,households,300000,二\n220821,2013,village_subsidy,50000,二\n"
     "22,2013,fund:raised,570000000,四\n2208,2013,trained,0,二\n"},
    {'d', "calendar.csv", "date,kind,name\n2013-05-01,off,劳动节\n2013-06-08,work,端午调休\n"},
    {'w', "profiles.csv",
     "measure,month,share\nhouseholds,1,0\nhouseholds,2,5.5\nhouseholds,3,10\nhouseholds,4,20\nhouseholds,5,"
     "30\n"
     "households,6,40\nhouseholds,7,50\nhouseholds,8,60\nhouseholds,9,70\nhouseholds,10,80\nhouseholds,11,"
     "90\n"
     "households,12,100\n"},
    {'a', "appraisal.csv",
     "number,item,kind,measure,other,book,weight,name_zh,name_en,notice\n"
     "1,people,target,households,,approved,30,目标,Target,二\n2,pace,pace,households,,submitted,20,进度,Pace,"
     "二\n"
     "3,share,share,industry_fund,village_subsidy,submitted,10,比例,Share,三\n"
     "4,funds,funds,fund:spent,fund:raised,submitted,10,资金,Funds,四\n5,time,on_time,,,submitted,10,及时,On "
     "time,"
     "五\n6,whole,complete,,,submitted,10,完整,Complete,五\n7,passed,approved,,,submitted,10,审核,Approved,"
     "五\n"},
    {'k', "soft_checks.csv",
     "number,form,kind,indicator,other,bound,text_zh,text_en,notice\n1,village,jump,households,,20,变动,Jump,"
     "三\n"
     "2,village,needs,industry_fund,households,,需要,Needs,三\n3,county,exceeds,staff,staff,,超过,Exceeds,"
     "三\n"},
    {'l', "deadlines.csv",
     "form,event,first_period,last_period,months,day,time,notice\nvillage,open,2013-01,2013-12,0,1,00:00,\n"
     "village,due,2013-01,2013-12,1,5,24:00,\nvillage,closed,2013-01,2013-12,3,31,17:00,\n"
     "village,corrections,2013-01,2013-12,6,28,12:30,\ncounty,due,2013-01,2013-12,1,8,24:00,\n"},
    {'o', "documents.csv",
     "number,document,level,name_zh,name_en,due_date,time,notice\n1,plan,county,实施方案,Plan,2013-04-20,24:"
     "00,四\n"
     "2,photo,village,村貌照片,Photograph,2013-10-08,17:00,三\n"},
    {'r', "rules.csv",
     "number,rule,level,severity,bound,threshold,measure,due,name_zh,name_en,notice\n" RULE(
         "1", "special_share", "county prefecture", "at_least", "100.00", "yuan", "2013-12-31")
         RULE("2", "kept_back", "county", "at_most", "60", "days", "")},
    {'1', "rules/special_share.sql",
     "SELECT p.unit, coalesce(sum(m.granted), 0) AS measured, :threshold AS required,\n"
     "       coalesce(sum(m.spent), 0) AS spent_fen\n  FROM place p LEFT JOIN money m ON m.unit = p.unit AND "
     "m.special\n"
     " GROUP BY p.unit\n"},
    {'2', "rules/kept_back.sql",
     "SELECT p.unit, max(k.days) AS measured, :threshold AS required,\n"
     "       sum(iif(k.state = 'on_hand', k.amount, 0)) AS on_hand_fen\n"
     "  FROM place p JOIN kept k ON k.unit = p.unit WHERE k.special GROUP BY p.unit\n"},
    {'j', "project_kinds.csv",
     "number,kind,name_zh,name_en,use,construction,notice\n1,farm,养殖,Farm,industry,no,三\n"
     "2,hall,培训中心,Training centre,training,yes,三\n"},
    {'m', "acceptance_items.csv",
     "number,name_zh,name_en,construction\n1,质量合格,Sound,no\n2,四制记录,Four systems,yes\n"},
    {'n', "principals.csv",
     "name,role,unit,public_key\nprovince,province,22,\nprefecture-2208,prefecture,2208,\n"
     "county-220821,county,220821,\ncounty-220881,county,220881,\nadmin,admin,22,\n"},
};

const char small_plan_letters[] = "puficsegtdwaklor12jmn";

void
small_plan_texts(struct part_text texts[SMALL_PLAN_FILES])
{
	for (size_t i = 0; i < SMALL_PLAN_FILES; i++)
		texts[i] = (struct part_text){(const uint8_t *)files[i].text, strlen(files[i].text)};
}

/* NULL: there is none of this name. */
static const struct part_text *
find_text(const struct plan_source *source, const char *file)
{
	const struct part_text *texts = source->context;
	for (size_t i = 0; i < SMALL_PLAN_FILES; i++)
		if (!strcmp(files[i].name, file))
			return texts[i].size ? &texts[i] : NULL;
	return NULL;
}

static bool
has_file(const struct plan_source *source, const char *file)
{
	return find_text(source, file);
}

static char *
read_file(const struct plan_source *source, const char *file, size_t bytes_max, size_t *size)
{
	const struct part_text *text = find_text(source, file);
	char *bytes = text ? malloc(text->size) : NULL;
	if (!bytes) {
		errno = ENOENT;
		return NULL;
	}
	*size = text->size > bytes_max ? bytes_max + 1 : text->size;
	return memcpy(bytes, text->bytes, *size);
}

struct plan_source
small_plan_source(const struct part_text texts[SMALL_PLAN_FILES])
{
	return (struct plan_source){.name = "plan", .has = has_file, .read = read_file, .context = texts};
}
