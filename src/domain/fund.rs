//! Funds, classes and project categories (design sections 3 to 5).

use crate::base::words::vocabulary;

vocabulary! {
    /// The kind of origin that a lot has.
    pub enum Fund {
        CentralSpecial "central_special" "中央专项" "Central special",
        ProvincialSpecial "provincial_special" "省级专项" "Provincial special",
        MunicipalSpecial "municipal_special" "市级专项" "Municipal special",
        CountyOwn "county_own" "县本级" "County's own",
        Agri "agri" "涉农资金" "Agriculture-related",
        Relocation "relocation" "易地搬迁" "Relocation",
        WorkRelief "work_relief" "以工代赈" "Work relief",
        MinorityDev "minority_dev" "少数民族发展" "Minority development",
        Bond "bond" "地方债券" "Local bond",
        PlatformLoan "platform_loan" "投融资平台、金融资本" "Platform loan",
        Interest "interest" "利息收入" "Interest",
        Recovered "recovered" "追回(本金以外)" "Recovered beyond principal",
        Paired "paired" "对口帮扶、扶贫协作" "Paired assistance",
        Designated "designated" "定点扶贫" "Designated assistance",
        Donation "donation" "社会捐赠" "Donation",
    }
}

vocabulary! {
    /// The two books that are never added up in one figure.
    pub enum Class {
        Fiscal "fiscal" "财政资金" "Fiscal",
        Social "social" "社会帮扶资金" "Social",
    }
}

vocabulary! {
    /// What a project is for; the last nine are prohibited for fiscal money (财农〔2017〕8号).
    pub enum Category {
        Industry "industry" "产业发展" "Industry",
        Infrastructure "infrastructure" "基础设施" "Infrastructure",
        Relocation "relocation" "易地搬迁" "Relocation",
        Housing "housing" "危房改造" "Housing",
        Education "education" "教育扶贫" "Education",
        Health "health" "健康扶贫" "Health",
        Employment "employment" "就业扶贫" "Employment",
        DrinkingWater "drinking_water" "饮水安全" "Drinking water",
        Finance "finance" "金融扶贫" "Finance",
        Ecology "ecology" "生态扶贫" "Ecology",
        SocialSecurity "social_security" "社会保障" "Social security",
        ProjectManagement "project_management" "项目管理费" "Project management",
        Other "other" "其他" "Other",
        AdministrativeExpenses "administrative_expenses" "行政事业单位基本支出" "Administrative expenses",
        VehiclesAndCommunications "vehicles_and_communications" "交通工具及通讯设备" "Vehicles and communications",
        BonusesAndWelfare "bonuses_and_welfare" "奖金津贴和福利补助" "Bonuses and welfare",
        EnterpriseLosses "enterprise_losses" "弥补企业亏损" "Enterprise losses",
        OfficeBuildings "office_buildings" "楼堂馆所" "Office buildings",
        BudgetGapsAndDebts "budget_gaps_and_debts" "弥补预算缺口和偿还债务" "Budget gaps and debts",
        LargeInfrastructure "large_infrastructure" "大中型基本建设项目" "Large infrastructure",
        UrbanWorks "urban_works" "城市基础设施和城市扶贫" "Urban works",
        Unrelated "unrelated" "与脱贫攻坚无关的支出" "Unrelated",
    }
}

vocabulary! {
    /// The levels of administration that the regulation knows.
    pub enum Level {
        Province "province" "省" "Province",
        City "city" "市" "City",
        County "county" "县" "County",
    }
}

impl Fund {
    /// The level whose own budget the fund comes from, for own-level funds.
    pub fn own_level(self) -> Option<Level> {
        match self {
            Fund::CountyOwn => Some(Level::County),
            Fund::MunicipalSpecial => Some(Level::City),
            Fund::ProvincialSpecial => Some(Level::Province),
            _ => None,
        }
    }

    /// Is it a loan, whose principal is owed and which is never consolidated?
    pub fn is_loan(self) -> bool {
        matches!(self, Fund::Bond | Fund::PlatformLoan)
    }

    /// Is its class told by the lot, not by the fund?
    pub fn states_class(self) -> bool {
        matches!(self, Fund::Paired | Fund::Designated)
    }

    /// Does money of this kind follow another lot or state its own class?
    pub fn follows_lot(self) -> bool {
        matches!(self, Fund::Interest | Fund::Recovered)
    }

    /// Is the giver owed feedback (Article 28)?
    pub fn owes_feedback(self) -> bool {
        matches!(self, Fund::Donation | Fund::Paired | Fund::Designated)
    }

    /// The fund's bit in a set of funds.
    pub fn bit(self) -> u32 {
        1 << (self as u8)
    }
}

impl Category {
    /// Is the category on the list of nine that fiscal money may never pay (财农〔2017〕8号)?
    pub fn is_prohibited(self) -> bool {
        self >= Category::AdministrativeExpenses
    }

    /// The category's bit in a set of categories.
    pub fn bit(self) -> u32 {
        1 << (self as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nine_categories_are_prohibited() {
        assert_eq!(Category::ALL.iter().filter(|category| category.is_prohibited()).count(), 9);
    }
}
