//! Signatures of any event, as rows: who must sign, and whose signatures count.

use crate::domain::tables::run;

/// A bureau with one key that must sign, one with a key that may, and the operator with one that
/// may.
const KEYS: &str = "@signing @signing2 @above";

const TABLE: &str = "
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1 | then ok
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance | then refused signature_required
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a5 | then refused signature_required
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1,@key:a5 | then ok
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1,@key:a2 | then refused signature_invalid
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1,@key:ff | then refused signature_invalid
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1 .badly_signed=true | then refused signature_invalid
    when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .badly_signed=true | then refused signature_required
    when zb-finance document_filed kind=contract year=2018 from=zb-finance to=hb-finance | then ok
    when zb-finance document_filed kind=contract year=2018 from=zb-finance to=hb-finance .signed=@key:a4 | then ok
    when zb-finance document_filed kind=contract year=2018 from=zb-finance to=hb-finance .badly_signed=true | then refused signature_invalid
    when kb-poverty document_filed kind=contract year=2018 from=kb-poverty to=hb-finance .signed=@key:a1 | then refused signature_invalid
    when kb-poverty document_filed kind=contract year=2018 from=kb-poverty to=hb-finance .signed=@key:00 | then refused signature_invalid
    given operator principal_registered principal=late role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 expires=2018-05-31 .signed=@key:b1,@key:a1 | when late document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:b1 | then refused not_authorised
    given operator principal_registered principal=late role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 expires=2018-06-01 .signed=@key:b1,@key:a1 | when late document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:b1 | then ok
    given operator principal_registered principal=late role=bureau scope=130723 org=kb-finance signing=required public_key=@key:b1 expires=2018-05-31 .signed=@key:b1,@key:a1 | when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1,@key:b1 | then refused signature_invalid
    given operator principal_revoked principal=kb-signer2 reason=x .signed=@key:a5 | when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1,@key:a5 | then refused signature_invalid
    given operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a1,@key:b1 | when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:a1 | then refused signature_required
    given operator principal_key_changed principal=kb-signer public_key=@key:b1 .signed=@key:a1,@key:b1 | when kb-signer document_filed kind=contract year=2018 from=kb-finance to=hb-finance .signed=@key:b1 | then ok
    given operator principal_key_changed principal=operator public_key=@key:c1 .signed=@key:c1 | when operator organization_registered org=o name=x kind=other jurisdiction=130700 | then ok
    given operator principal_key_changed principal=operator public_key=@key:c1 .signed=@key:c1 | when operator principal_registered principal=new role=auditor scope=130723 org=kb-audit signing=optional public_key=@key:b1 .signed=@key:b1 | then ok
    given operator principal_key_changed principal=operator public_key=@key:c1 .signed=@key:c1 | when operator principal_registered principal=new role=auditor scope=130723 org=kb-audit signing=optional public_key=@key:b1 .signed=@key:b1,@key:c1 | then ok
    given operator principal_key_changed principal=operator public_key=@key:c1 .signed=@key:c1; operator principal_registered principal=mirror role=mirror scope=130000 org=platform signing=optional public_key=@key:c2 .signed=@key:c2 | when operator organization_registered org=o name=x kind=other jurisdiction=130700 .signed=@key:c2 | then refused signature_invalid
    given operator principal_key_changed principal=operator public_key=@key:c1 .signed=@key:c1; operator principal_registered principal=mirror role=mirror scope=130000 org=platform signing=optional public_key=@key:c2 .signed=@key:c2 | when operator organization_registered org=o name=x kind=other jurisdiction=130700 .signed=@key:c1,@key:c2 | then ok
    given operator principal_registered principal=d role=donor scope=130000 org=d-9 signing=required public_key=@key:d1 .signed=@key:d1 | when operator principal_registered principal=d2 role=donor scope=130000 org=d-9 signing=required public_key=@key:d2 .signed=@key:d2 | then refused signature_required
    given operator principal_registered principal=d role=donor scope=130000 org=d-9 signing=required public_key=@key:d1 .signed=@key:d1 | when operator principal_key_changed principal=d public_key=@key:d2 .signed=@key:a3,@key:d2 | then ok
    given operator principal_registered principal=u role=unit scope=130723 org=kb-unit signing=optional; operator principal_revoked principal=u reason=x; operator principal_revoked principal=kb-unit reason=x; operator principal_registered principal=u2 role=unit scope=130723 org=kb-unit signing=required public_key=@key:e1 .signed=@key:e1 | when operator principal_key_changed principal=u2 public_key=@key:e2 .signed=@key:a2,@key:e2 | then refused signature_required
";

#[test]
fn every_row_about_signatures_holds() {
    let mut wrong = Vec::new();
    for row in TABLE.lines().map(str::trim).filter(|row| !row.is_empty()) {
        let row = format!("given {KEYS} | {row}");
        wrong.extend(run(&row).err());
    }
    assert!(wrong.is_empty(), "{} rows do not hold:{}", wrong.len(), wrong.join(""));
}

#[test]
fn a_ledger_goes_on_without_the_operators_key() {
    let row = "given @city-operator; operator principal_registered principal=safe role=operator \
        scope=130700 org=kb-unit signing=optional; operator principal_revoked principal=safe reason=x; \
        operator principal_revoked principal=kb-unit reason=x; operator principal_registered \
        principal=sealed role=operator scope=130000 org=kb-unit signing=required \
        public_key=@key:f1 .signed=@key:f1 | when sealed ledger_continued \
        from_origin=test.example/ledger size=#size root=#root origin=abc vkey=@log:abc:01 reason=x \
        .by_program=true | then ok";
    run(row).unwrap();
}
