//! Who and what the ledger knows: jurisdictions, organizations, principals, pairings, policies.

use super::{OrganizationId, PairingId, State};
use crate::base::{Code, Date, Digest, words::vocabulary};
use crate::domain::fund::{Fund, Level};
use crate::domain::policy::PolicyKey;
use crate::domain::role::Role;
use serde::{Deserialize, Serialize};

vocabulary! {
    /// Where a county stands on the poor list (Article 7).
    pub enum PovertyStatus {
        National "national" "国家级贫困县" "National poor county",
        Provincial "provincial" "省级贫困县" "Provincial poor county",
        Exited "exited" "已退出" "Exited",
        None "none" "非贫困县" "None",
    }
}

impl PovertyStatus {
    /// Is the county on the list?
    pub fn is_poor(self) -> bool {
        matches!(self, PovertyStatus::National | PovertyStatus::Provincial)
    }
}

vocabulary! {
    /// What an organization is.
    pub enum OrganizationKind {
        FinanceBureau "finance_bureau" "财政部门" "Finance bureau",
        PovertyOffice "poverty_office" "扶贫办" "Poverty office",
        LineDepartment "line_department" "行业部门" "Line department",
        Custodian "custodian" "善款管理单位" "Custodian",
        AuditOffice "audit_office" "审计机关" "Audit office",
        DisciplineOffice "discipline_office" "纪检监察机关" "Discipline office",
        ImplementingUnit "implementing_unit" "项目实施单位" "Implementing unit",
        HelperUnit "helper_unit" "帮扶单位" "Helper unit",
        Payee "payee" "收款单位" "Payee",
        Bank "bank" "银行" "Bank",
        Platform "platform" "平台运营方" "Platform",
        Other "other" "其他" "Other",
    }
}

vocabulary! {
    /// The kind of a pairing (Articles 22 to 24).
    pub enum PairingKind {
        EastWest "east_west" "东西部扶贫协作" "East–west",
        IntraProvince "intra_province" "省内对口帮扶" "Within the province",
        IntraCity "intra_city" "市内对口帮扶" "Within the city",
        Designated "designated" "定点扶贫" "Designated",
    }
}

/// What the ledger knows of a jurisdiction; its first code stays the key for ever.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Jurisdiction {
    /// Its present name.
    pub name: Box<str>,
    /// Its level.
    pub level: Level,
    /// The jurisdiction above; none for the province.
    pub parent: Option<Code>,
    /// Its present poverty status.
    pub status: PovertyStatus,
    /// The day from which it is off the poor list again.
    pub left_list_on: Option<Date>,
    /// Was it ever on the poor list?
    pub was_poor: bool,
}

impl Jurisdiction {
    /// Is it on the poor list on that day? Off the list it is from the day on which it left.
    pub fn is_poor_on(&self, date: Date) -> bool {
        self.status.is_poor() || self.left_list_on.is_some_and(|left| date < left)
    }
}

/// What the ledger knows of an organization.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Organization {
    /// What it is.
    pub kind: OrganizationKind,
    /// Where it sits; helpers may sit outside Hebei.
    pub jurisdiction: Code,
}

/// A grant: who may post or read, as what, where.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Principal {
    /// The role.
    pub role: Role,
    /// The jurisdiction.
    pub scope: Code,
    /// The organization, or a donor's own reference.
    pub org: Box<str>,
    /// The key that its events may be signed with.
    pub key: Option<Digest>,
    /// Must its events be signed?
    pub must_sign: bool,
    /// The last day on which it counts.
    pub expires: Option<Date>,
    /// Was it revoked?
    pub revoked: bool,
}

/// A pairing of a helper with a helped jurisdiction.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Pairing {
    /// Its kind.
    pub kind: PairingKind,
    /// The organization that helps.
    pub helper: OrganizationId,
    /// The registered jurisdiction that is helped, or in which the helped village lies.
    pub helped: Code,
    /// The first day.
    pub since: Date,
    /// The last day, once it has ended.
    pub until: Option<Date>,
}

impl Pairing {
    /// Was it live on that day? Its first and last day count.
    pub fn is_live_on(&self, date: Date) -> bool {
        self.since <= date && self.until.is_none_or(|until| date <= until)
    }
}

/// One value that a level set.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Setting {
    /// The first day on which it counts.
    pub effective_from: Date,
    /// The value.
    pub value: i64,
}

impl State {
    /// The jurisdiction that a code, present or former, stands for, by its first code.
    pub fn jurisdiction_code(&self, code: Code) -> Option<Code> {
        if self.jurisdictions.get(&code).is_some() {
            return Some(code);
        }
        self.renamed_codes.get(&code).copied()
    }

    /// A registered jurisdiction.
    pub fn jurisdiction(&self, code: Code) -> Option<&Jurisdiction> {
        self.jurisdictions.get(&code)
    }

    /// The jurisdiction itself, then each one above it.
    pub fn upwards(&self, code: Code) -> impl Iterator<Item = Code> {
        std::iter::successors(Some(code), |code| self.jurisdictions.get(code)?.parent)
    }

    /// Is it money of the jurisdiction's own budget (design section 4)? A fund of another level
    /// that comes here directly is not.
    pub fn is_own_level(&self, fund: Fund, here: Code) -> bool {
        let level = self.jurisdiction(here).map(|row| row.level);
        fund.own_level().is_some() && fund.own_level() == level
    }

    /// Does `lower` lie strictly below `upper`?
    pub fn is_below(&self, lower: Code, upper: Code) -> bool {
        self.upwards(lower).skip(1).any(|code| code == upper)
    }

    /// Is `lower` the same as `upper`, or below it?
    pub fn is_at_or_below(&self, lower: Code, upper: Code) -> bool {
        lower == upper || self.is_below(lower, upper)
    }

    /// The organization of that name.
    pub fn organization_id(&self, name: &str) -> Option<OrganizationId> {
        self.organizations.index(name).map(OrganizationId::new)
    }

    /// An organization.
    pub fn organization(&self, id: OrganizationId) -> &Organization {
        self.organizations.at(id.index()).1
    }

    /// An organization's name.
    pub fn organization_name(&self, id: OrganizationId) -> &str {
        self.organizations.at(id.index()).0
    }

    /// The pairing of that name.
    pub fn pairing_id(&self, name: &str) -> Option<PairingId> {
        self.pairings.index(name).map(PairingId::new)
    }

    /// A pairing.
    pub fn pairing(&self, id: PairingId) -> &Pairing {
        self.pairings.at(id.index()).1
    }

    /// What a level itself set for a key, as it counts on that day.
    pub fn policy_set_by(&self, key: PolicyKey, level: Code, date: Date) -> Option<i64> {
        let settings = self.policies.get(&(key, level))?;
        // Of equal days the later record counts, and records stand in their order.
        let newest = settings
            .iter()
            .filter(|one| one.effective_from <= date)
            .max_by_key(|one| one.effective_from);
        newest.map(|one| one.value)
    }

    /// What counts for a key at a jurisdiction on a day: the tightest of what its levels set, or
    /// the default.
    pub fn policy(&self, key: PolicyKey, jurisdiction: Code, date: Date) -> i64 {
        self.upwards(jurisdiction)
            .filter_map(|level| self.policy_set_by(key, level, date))
            .reduce(|one, other| key.tighter(one, other))
            .unwrap_or(key.policy().default)
    }
}
