//! What the rows of the tables begin with: steps by name, and the bodies that post them.
//!
//! A prepared step stands for the events that make something exist, so that a row shows its own
//! event alone. Append; a changed step changes every row that names it.

/// Steps that rows begin with.
pub(super) const PREPARED: &[(&str, &str)] = &[
    (
        "@L1",
        "hb-finance funds_received lot=L1 fund=central_special fiscal_year=2017 amount_fen=1000 provider=central purpose=[] date=2017-03-01; hb-finance allocation_made lot=L1 to=130723 amount_fen=600 date=2017-03-15",
    ),
    (
        "@budget",
        "kb-finance budget_adopted fund=county_own fiscal_year=2017 amount_fen=1000 date=2017-03-01",
    ),
    (
        "@pairing",
        "hb-poverty pairing_declared pairing=cy-kb helper=bj-chaoyang helped=130723 agreement=x date=2017-01-10",
    ),
    (
        "@admitted",
        "kb-poverty project_admitted project=P1 name=x category=infrastructure village_codes=[\"130723200201\"] unit=kb-unit estimate_fen=1000 households=1 goals=x date=2017-04-20",
    ),
    (
        "@P1",
        "@admitted; kb-poverty project_approved project=P1 approved_fen=1000 sources=[\"central_special\",\"agri\",\"county_own\",\"donation\",\"paired\"] date=2017-04-28",
    ),
    (
        "@small",
        "@admitted; kb-poverty project_approved project=P1 approved_fen=100 sources=[\"central_special\"] date=2017-04-28",
    ),
    (
        "@P2",
        "kb-poverty project_admitted project=P2 name=x category=housing village_codes=[\"130723201219\"] unit=kb-unit estimate_fen=1000 households=1 goals=x date=2017-04-20; kb-poverty project_approved project=P2 approved_fen=1000 sources=[\"central_special\",\"donation\"] date=2017-04-28",
    ),
    (
        "@office",
        "kb-poverty project_admitted project=P3 name=x category=office_buildings village_codes=[] unit=kb-unit estimate_fen=1000 households=1 goals=x date=2017-04-20; kb-poverty project_approved project=P3 approved_fen=1000 sources=[\"central_special\",\"donation\"] date=2017-04-28",
    ),
    (
        "@committed",
        "@L1; @P1; kb-finance funds_committed project=P1 from=available lots=L1:300 date=2017-05-02",
    ),
    (
        "@paid",
        "@committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L1:300 date=2017-05-10",
    ),
    (
        "@advanced",
        "@committed; kb-finance disbursement_made project=P1 kind=advance payee=kb-unit method=transfer bank_ref=B1 basis=@contract lots=L1:300 date=2017-05-10",
    ),
    (
        "@cap",
        "kb-poverty policy_set key=advance_cap_bp value=2000 unit=bp source=x effective_from=2017-01-01",
    ),
    (
        "@bond",
        "kb-finance funds_received lot=L5 fund=bond fiscal_year=2017 amount_fen=1000 provider=x purpose=[] date=2017-03-01",
    ),
    (
        "@purpose",
        "kb-finance funds_received lot=L6 fund=agri item=a fiscal_year=2017 amount_fen=1000 provider=x purpose=[\"housing\"] date=2017-03-01",
    ),
    (
        "@agri",
        "kb-finance funds_received lot=L3 fund=agri item=agri-road fiscal_year=2017 amount_fen=1000 provider=x purpose=[] date=2017-03-01",
    ),
    (
        "@plan",
        "kb-finance consolidation_plan_filed plan=K1 fiscal_year=2017 items=[{\"item\":\"agri-road\",\"planned_fen\":500}] filed_to=130000 version=1 date=2017-04-10",
    ),
    (
        "@consolidated",
        "@agri; @plan; kb-finance funds_consolidated plan=K1 lots=L3:400 date=2017-04-12",
    ),
    (
        "@G1",
        "kb-charity donation_received lot=G1 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=500 bank_ref=GB1 intent={\"fallback\":\"ask\",\"villages\":[\"130723200201\"]} anonymity=alias date=2017-03-01",
    ),
    (
        "@G2",
        "kb-charity donation_received lot=G2 donor=d-2 donor_kind=person custodian=kb-charity amount_fen=500 bank_ref=GB2 intent={\"fallback\":\"ask\"} anonymity=alias date=2017-03-01",
    ),
    (
        "@coded",
        "kb-charity donation_received lot=G2 donor=d-2 donor_kind=person custodian=kb-charity amount_fen=500 bank_ref=GB2 intent={\"fallback\":\"ask\"} anonymity=alias lookup_sha256=@digest date=2017-03-01",
    ),
    ("@R1", "kb-charity receipt_issued lot=G1 receipt_no=R1 amount_fen=500 date=2017-03-02"),
    (
        "@paired",
        "@pairing; kb-finance funds_received lot=L7 fund=paired class=fiscal fiscal_year=2017 amount_fen=50 provider=x purpose=[] pairing=cy-kb date=2017-03-01",
    ),
    (
        "@notice",
        "kb-poverty policy_set key=disclosure_min_days value=15 unit=days source=x effective_from=2018-05-01",
    ),
    (
        "@refunded",
        "kb-charity donation_refunded lot=G1 amount_fen=100 reason=agreement bank_ref=B1 date=2017-03-03",
    ),
    (
        "@campaign",
        "kb-charity donation_received lot=C1 donor=d-1 donor_kind=person custodian=kb-charity amount_fen=5 intent={\"fallback\":\"ask\"} anonymity=public campaign=spring; kb-charity donation_received lot=C2 donor=d-2 donor_kind=person custodian=kb-charity amount_fen=7 intent={\"fallback\":\"ask\"} anonymity=public campaign=spring",
    ),
    (
        "@told",
        "@G1; kb-charity feedback_sent lots=[\"G1\"] kind=receipt as_of=#last received_fen=500 used_fen=0 remaining_fen=500 content_sha256=@digest channel=letter date=2017-03-02",
    ),
    (
        "@desk",
        "operator principal_registered principal=gift-desk role=donor scope=130000 org=platform signing=optional",
    ),
    (
        "@gifted",
        "@P1; kb-charity funds_committed project=P1 from=available lots=G1:200 date=2017-05-02",
    ),
    (
        "@given",
        "@G1; @gifted; kb-charity disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=GB9 basis=@contract lots=G1:200 date=2017-05-10",
    ),
    (
        "@accepted",
        "kb-poverty project_accepted project=P1 acceptors=[\"kb-poverty\"] date=2017-11-20",
    ),
    (
        "@twosources",
        "@L1; @P1; hb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02; kb-finance funds_committed project=P1 from=available lots=L1:100 date=2017-05-02",
    ),
    (
        "@invoiced",
        "@committed; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@invoice lots=L1:100",
    ),
    (
        "@vouched",
        "@committed; kb-finance disbursement_made project=P1 kind=payment payee=kb-unit method=transfer bank_ref=B1 basis=@contract vouchers=@vouchers:100 lots=L1:100",
    ),
    (
        "@bridged",
        "@L1; @agri; @P1; kb-finance funds_committed project=P1 from=available lots=L3:200; kb-finance disbursement_made project=P1 kind=payment payee=road-co method=transfer bank_ref=B1 basis=@contract lots=L3:100",
    ),
    (
        "@charged",
        "@G3; @P1; zjk-charity funds_committed project=P1 from=available lots=G3:200; zjk-charity disbursement_made project=P1 kind=fee payee=road-co method=transfer bank_ref=B1 basis=@contract lots=G3:50",
    ),
    (
        "@G3",
        "zjk-charity donation_received lot=G3 donor=d-3 donor_kind=person custodian=zjk-charity amount_fen=500 bank_ref=GB3 intent={\"fallback\":\"ask\",\"fee_cap_bp\":1000} anonymity=alias date=2017-03-01",
    ),
    (
        "@finding",
        "hb-audit finding_raised finding=F1 rule=manual subjects={\"project\":\"P1\",\"organization\":\"road-co\"} severity=risk evidence=[] text=x here=130723",
    ),
    (
        "@continued",
        "operator ledger_continued from_origin=test.example/ledger size=#size root=#root origin=abc vkey=@log:abc:01 reason=x .by_program=true",
    ),
    ("@witness", "operator witness_registered name=w1 vkey=@witness:w1:77 org=hb-audit"),
    (
        "@signing",
        "operator principal_revoked principal=kb-finance reason=x; operator principal_registered principal=kb-signer role=bureau scope=130723 org=kb-finance signing=required public_key=@key:a1 .signed=@key:a1",
    ),
    (
        "@signing2",
        "operator principal_registered principal=kb-signer2 role=bureau scope=130723 org=kb-finance signing=required public_key=@key:a5 .signed=@key:a1,@key:a5",
    ),
    (
        "@above",
        "operator principal_key_changed principal=zjk-finance public_key=@key:a2 .signed=@key:a2; operator principal_key_changed principal=hb-discipline public_key=@key:a3 .signed=@key:a3; operator principal_key_changed principal=zb-finance public_key=@key:a4 .signed=@key:a4",
    ),
    (
        "@city-operator",
        "operator organization_registered org=zjk-platform name=x kind=platform jurisdiction=130700; operator principal_registered principal=city-operator role=operator scope=130700 org=zjk-platform signing=optional",
    ),
    (
        "@renamed",
        "hb-poverty jurisdiction_renamed code=130723 name=y new_code=130708 effective=2018-01-01",
    ),
    (
        "@exited",
        "hb-poverty poverty_status_changed code=130723 from=national to=exited effective=2018-05-01",
    ),
    (
        "@province-cap",
        "hb-poverty policy_set key=advance_cap_bp value=4000 unit=bp source=x effective_from=2017-01-01",
    ),
    (
        "@pairing2",
        "hb-poverty pairing_declared pairing=P-2 helper=bj-chaoyang helped=130723 agreement=x date=2018-03-01",
    ),
    (
        "@filed",
        "kb-poverty document_filed kind=annual_plan year=2018 from=kb-poverty to=hb-poverty",
    ),
    (
        "@ordered",
        "@paid; @finding; kb-finance recovery_ordered finding=F1 project=P1 debtor=road-co from=spent lots=L1:100 date=2017-07-01",
    ),
];

/// The bodies: name, kind, seat, and the role of the principal that is named like it.
pub(super) const ORGANIZATIONS: &[(&str, &str, &str, &str)] = &[
    ("hb-finance", "finance_bureau", "130000", "bureau"),
    ("zjk-finance", "finance_bureau", "130700", "bureau"),
    ("kb-finance", "finance_bureau", "130723", "bureau"),
    ("zb-finance", "finance_bureau", "130722", "bureau"),
    ("ca-finance", "finance_bureau", "130102", "bureau"),
    ("hb-poverty", "poverty_office", "130000", "poverty_office"),
    ("kb-poverty", "poverty_office", "130723", "poverty_office"),
    ("zb-poverty", "poverty_office", "130722", "poverty_office"),
    ("kb-line", "line_department", "130723", "line_department"),
    ("kb-charity", "custodian", "130723", "custodian"),
    ("zb-charity", "custodian", "130722", "custodian"),
    ("zjk-charity", "custodian", "130700", "custodian"),
    ("hb-audit", "audit_office", "130000", "auditor"),
    ("kb-audit", "audit_office", "130723", "auditor"),
    ("hb-discipline", "discipline_office", "130000", "inspector"),
    ("kb-unit", "implementing_unit", "130723", "unit"),
    ("road-co", "payee", "130723", "unit"),
    ("bj-chaoyang", "helper_unit", "110105", "helper_unit"),
];
