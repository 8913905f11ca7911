//! Who opens which page of supervision: every page for every kind of reader, over plain sockets
//! with the session that the sign-in page gives.

use super::serving::{Answer, Server};
use super::support::Ledger;

/// A served ledger, and a way to read it as somebody who signed in.
struct House {
    ledger: Ledger,
    server: Server,
}

impl House {
    fn new() -> House {
        let ledger = Ledger::with(&["golden.jsonl"]);
        let server = Server::start(&ledger);
        House { ledger, server }
    }

    /// The cookie of a principal's session.
    fn sign_in(&self, principal: &str) -> String {
        let made = self.ledger.run(&["--format", "json", "principal", "token", principal]);
        let token = made.succeeds().json()["token"].as_str().unwrap().to_owned();
        let origin = format!("http://{}", self.server.address);
        let kind = "application/x-www-form-urlencoded";
        let header = [("Origin", origin.as_str()), ("Content-Type", kind)];
        let form = format!("token={token}");
        let answer = self.server.ask("POST", "/sign-in", &header, form.as_bytes()).gives(303);
        let cookie = answer.field("set-cookie").unwrap().split(';').next().unwrap();
        assert!(cookie.starts_with("__Host-"), "{cookie}");
        cookie.to_owned()
    }

    fn get(&self, cookie: &str, path: &str) -> Answer {
        match cookie {
            "" => self.server.get(path),
            _ => self.server.ask("GET", path, &[("Cookie", cookie)], b""),
        }
    }
}

#[test]
fn lots_one_by_one_are_for_auditors_and_for_bureaus_whom_they_reached() {
    let house = House::new();
    let [auditor, bureau, neighbour, province] =
        ["hb-audit-desk", "kb-finance-desk", "zb-finance-desk", "hb-finance-desk"]
            .map(|name| house.sign_in(name));
    // The list of lots of the county.
    for (cookie, sees) in
        [(&auditor, true), (&bureau, true), (&province, true), (&neighbour, false)]
    {
        let page = house.get(cookie, "/counties/130723").gives(200).text();
        assert_eq!(page.contains("/audit/lots/L1"), sees, "{page}");
        assert_eq!(page.contains("登录查看逐批明细"), !sees);
    }
    assert!(!house.get("", "/counties/130723").gives(200).text().contains("/audit/lots/L1"));
    // A single lot: whole for the auditor and the level that received it.
    for cookie in [&auditor, &province] {
        let page = house.get(cookie, "/audit/lots/L1").gives(200).text();
        assert!(page.contains("10,000,000.00") && page.contains("available/130000"), "{page}");
    }
    // What reached the county, and nothing of what lies above it.
    let page = house.get(&bureau, "/audit/lots/L1").gives(200).text();
    assert!(page.contains("available/130000 → available/130723"), "{page}");
    assert!(page.contains("4,500,000.00") && page.contains("只列您能看到的变动"), "{page}");
    assert!(!page.contains("10,000,000.00") && !page.contains("4,000,000.00"), "{page}");
    assert!(!page.contains('\u{2212}'), "what left the province is no balance of it: {page}");
    assert!(!page.contains("/audit/raise") && !page.contains("/audit/findings"), "{page}");
    // For a county that it never reached it is not there, and no word tells that it is.
    let hidden = house.get(&neighbour, "/audit/lots/L1").gives(404).text();
    let absent = house.get(&neighbour, "/audit/lots/L0").gives(404).text();
    let told = |page: &str| {
        // Before the title stands how long the session lasts still, which goes by.
        let main = &page[page.find("<h1").unwrap()..page.find("</main>").unwrap()];
        main.lines().filter(|line| !line.contains("class=\"code")).collect::<String>()
    };
    assert_eq!(told(&hidden), told(&absent));
    assert!(!hidden.contains("L1<"), "{hidden}");
    // The custodian reads the gift that it holds, and no fiscal lot.
    let custodian = house.sign_in("kb-charity-desk");
    assert!(house.get(&custodian, "/audit/lots/G1").gives(200).text().contains("50,000.00"));
    house.get(&custodian, "/audit/lots/L1").gives(404);
    let csv = house.get(&bureau, "/audit/lots/L1?as=csv").gives(200).text();
    assert!(csv.contains("query,/audit/lots/L1") && !csv.contains("10000000.00"), "{csv}");
}

#[test]
fn a_county_tells_its_plan_by_item_and_hides_its_one_gift() {
    let house = House::new();
    let part = |page: &str, from: &str, to: &str| {
        let page = &page[page.find(from).unwrap_or_else(|| panic!("{from}: {page}"))..];
        page[..page.find(to).unwrap()].to_owned()
    };
    let public = house.get("", "/counties/130723").gives(200).text();
    let plan = part(&public, "id=\"plans\"", "</section>");
    // 200 planned, consolidated and arranged; L3 came back by 3, which stays arranged.
    assert!(plan.contains("方案 KB-2017，2017 年度，第 1 版，2017-04-10 报河北省备案"), "{plan}");
    assert!(plan.contains("农村道路") && plan.contains("agri-road"), "{plan}");
    assert_eq!(plan.matches("data-label=\"未整合到位\">0</td>").count(), 2, "{plan}");
    assert!(plan.contains("计划 200，实际整合 200，已安排使用 200"), "{plan}");
    let funds = part(&public, "id=\"funds\"", "</section>");
    assert!(funds.contains("已安排未支付") && !funds.contains(">已安排<"), "{funds}");
    let flows = |page: &str| part(page, "id=\"flows\"", "</section>");
    // One gift: the public gets no picture of it, nor any of its amounts.
    assert!(!flows(&public).contains("社会帮扶资金") && !public.contains("class=\"giving\""));
    let seen = house.get(&house.sign_in("hb-audit-desk"), "/counties/130723").gives(200).text();
    let seen = flows(&seen);
    let giving = &seen[seen.find("class=\"giving\"").unwrap()..];
    for (to, amount) in [("基础设施", 2), ("待安排", 3)] {
        let cells = format!("<td>社会捐赠</td><td>{to}</td><td class=\"num\">{amount}</td>");
        assert!(giving.contains(&cells), "{cells}: {giving}");
    }
    assert!(giving.contains("每一列的合计都是 5<"), "{giving}");
}

#[test]
fn every_page_of_supervision_opens_to_supervisors_alone() {
    let house = House::new();
    let auditor = house.sign_in("hb-audit-desk");
    let others = ["kb-finance-desk", "kb-charity-desk", "kb-poverty-desk", "kb-unit-desk"]
        .map(|name| house.sign_in(name));
    for path in [
        "/audit",
        "/audit?as=csv",
        "/audit/search",
        "/audit/search?county=130723",
        "/audit/search?as=csv&lot=L1",
        "/audit/lists/exceptions",
        "/audit/lists/late?as=xlsx",
        "/audit/idle/130723",
        "/audit/idle/130723?as=csv",
        "/audit/payees/road-co",
        "/audit/inspections",
        "/audit/inspections?rule=idle_money&as=csv",
        "/audit/findings",
        "/audit/findings?as=csv",
        "/audit/raise",
    ] {
        house.get(&auditor, path).gives(200);
        for other in &others {
            let answer = house.get(other, path).gives(403);
            assert!(answer.text().contains("您的账号看不到这一页"), "{path}");
        }
        let answer = house.get("", path).gives(303);
        assert!(answer.field("location").unwrap().starts_with("/sign-in"), "{path}");
    }
    // Findings are raised with a session, a form token and our own origin, or not at all.
    let form = b"finding=F9&rule=manual";
    let kind = ("Content-Type", "application/x-www-form-urlencoded");
    let before = house.ledger.records().len();
    for cookie in [auditor.as_str(), others[0].as_str(), ""] {
        let header = [kind, ("Cookie", cookie), ("Origin", "http://elsewhere.example")];
        let answer = house.server.ask("POST", "/audit/raise", &header, form);
        assert!([303, 403].contains(&answer.status), "{}", answer.text());
    }
    assert_eq!(house.ledger.records().len(), before);
}
