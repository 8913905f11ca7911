//! Roles and how far each reaches (design section 8).

use crate::base::words::vocabulary;

vocabulary! {
    /// What a principal is to the ledger.
    pub enum Role {
        Operator "operator" "运营方" "Operator",
        Bureau "bureau" "财政部门" "Finance bureau",
        Custodian "custodian" "善款管理单位" "Custodian",
        PovertyOffice "poverty_office" "扶贫办" "Poverty office",
        LineDepartment "line_department" "行业部门" "Line department",
        Unit "unit" "项目单位" "Implementing unit",
        Auditor "auditor" "审计" "Auditor",
        Inspector "inspector" "纪检监察" "Inspector",
        Donor "donor" "捐赠人" "Donor",
        HelperUnit "helper_unit" "帮扶单位" "Helper unit",
        Mirror "mirror" "镜像" "Mirror",
        Observer "observer" "观察员" "Observer",
    }
}

impl Role {
    /// Do this role's events need a checker other than their maker?
    pub fn needs_four_eyes(self) -> bool {
        !matches!(self, Role::Donor | Role::HelperUnit | Role::Unit)
    }

    /// Is it a role that neither moves money nor judges those who do?
    pub fn moves_nothing(self) -> bool {
        matches!(self, Role::Operator | Role::Donor | Role::Mirror | Role::Observer)
    }

    /// Does the role read every record whole (design section 8)?
    pub fn reads_all(self) -> bool {
        matches!(self, Role::Operator | Role::Auditor | Role::Inspector | Role::Mirror)
    }

    /// Does the role supervise others (audit, discipline inspection)?
    pub fn supervises(self) -> bool {
        matches!(self, Role::Auditor | Role::Inspector)
    }
}

/// Which jurisdictions an event of a role may name, seen from the grant's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// The scope itself.
    Own,
    /// Strictly below the scope.
    Below,
    /// The scope or below.
    OwnOrBelow,
    /// Any jurisdiction.
    Any,
    /// The scope itself, which must be the province.
    Province,
}

/// How an event's jurisdiction lies to the grant's scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It is the scope, and the scope is the province.
    SameProvince,
    /// It is the scope.
    Same,
    /// It lies below the scope.
    Below,
    /// It lies elsewhere.
    Elsewhere,
}

impl Standing {
    /// Every way a jurisdiction can lie.
    pub const ALL: [Standing; 4] =
        [Standing::SameProvince, Standing::Same, Standing::Below, Standing::Elsewhere];
}

impl Reach {
    /// Does the reach cover a jurisdiction that lies like this?
    pub fn covers(self, standing: Standing) -> bool {
        let same = matches!(standing, Standing::Same | Standing::SameProvince);
        match self {
            Reach::Own => same,
            Reach::Below => standing == Standing::Below,
            Reach::OwnOrBelow => same || standing == Standing::Below,
            Reach::Any => true,
            Reach::Province => standing == Standing::SameProvince,
        }
    }
}
