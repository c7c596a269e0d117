"""A county's project in sheets: its steps, and its money."""
COUNTY, VILLAGE = 220122, 220122101901

# As a county keeps it: one line a step, in Chinese, budgets by source.
ROAD = f"""单位,项目编号,步骤,日期,项目名称,类别,牵头单位,计划开工,计划竣工,财政发展资金(元),其他涉农资金,四制,文件依据,进度,摘要
{VILLAGE},路-1,立项,2013-03-01,通村水泥路,生产性基础设施,{COUNTY},2013-05-01,2013-10-31,"600,000.00",400000,,农发〔2013〕7号,,
{VILLAGE},路-1,事前公示,2013-03-10,,,,,,,,,村务公开栏,,
{VILLAGE},路-1,四制,2013-03-20,,,,,,,,项目法人责任制,任命书,,
{VILLAGE},路-1,四制,2013-04-01,,,,,,,,招标投标制,中标通知,,
{VILLAGE},路-1,四制,2013-04-02,,,,,,,,工程监理制,监理合同,,
{VILLAGE},路-1,四制,2013-04-03,,,,,,,,合同管理制,施工合同,,
{VILLAGE},路-1,开工,2013-05-02,,,,,,,,,,,
{VILLAGE},路-1,进度,2013-05-30,,,,,,,,,,40,路基完成
"""

FUNDS = f"""kind,unit,voucher,occurred,source,use,counterparty,amount,project
raised,{COUNTY},R,2013-03-01,fiscal_development,,,2000000,
granted,{COUNTY},G-1,2013-03-15,fiscal_development,infrastructure,{VILLAGE},500000,路-1
reimbursed,{VILLAGE},C-1,2013-05-20,fiscal_development,,,300000,路-1
spent,{VILLAGE},P-1,2013-05-21,fiscal_development,infrastructure,,299999.99,路-1
"""
