//! The rules: one a file, each a function of what was read, with the words that its documentation is made of and
//! a good example beside a bad one.

pub mod examples;
mod rule;

mod always_true_policy;
mod api_role_owns_table;
mod claim_per_row;
mod create_granted;
mod default_privileges_to_public;
mod definer_callable_by_anon;
mod definer_callable_by_users;
mod definer_view;
mod duplicate_index;
mod executable_by_public;
mod extension_exposed;
mod filter_type_without_and;
mod force_missing;
mod foreign_table_exposed;
mod grant_without_policy;
mod leftover_object;
mod malformed_exclusion;
mod materialized_view_exposed;
mod mutable_search_path;
mod no_primary_key;
mod output_named_as_filter;
mod owner_without_policy;
mod policy_recursion;
mod policy_to_public;
mod policy_without_check;
mod policy_without_condition;
mod policy_without_grant;
mod policy_without_rls;
mod rls_disabled;
mod rls_without_policy;
mod role_above_policies;
mod sensitive_columns_exposed;
mod several_permissive_policies;
mod superuser_login;
mod truncate_granted;
mod unchecked_new_row;
mod unindexed_foreign_key;
mod untrusted_claim;
mod unused_exclusion;

pub use malformed_exclusion::RULE as MALFORMED_EXCLUSION;
pub use rule::{Finding, Level, Reach, Rule, UnknownRule};
pub use unused_exclusion::RULE as UNUSED_EXCLUSION;

/// Every rule, in the order of the documentation: what lets strangers in, what lets people too far, what hides rows
/// from those who should see them, what is slow, what is in the way.
pub const ALL: &[&Rule] = &[
    &rls_disabled::RULE,
    &policy_without_rls::RULE,
    &superuser_login::RULE,
    &role_above_policies::RULE,
    &api_role_owns_table::RULE,
    &definer_view::RULE,
    &untrusted_claim::RULE,
    &create_granted::RULE,
    &policy_recursion::RULE,
    &filter_type_without_and::RULE,
    &always_true_policy::RULE,
    &unchecked_new_row::RULE,
    &policy_to_public::RULE,
    &force_missing::RULE,
    &truncate_granted::RULE,
    &mutable_search_path::RULE,
    &definer_callable_by_anon::RULE,
    &definer_callable_by_users::RULE,
    &executable_by_public::RULE,
    &default_privileges_to_public::RULE,
    &materialized_view_exposed::RULE,
    &foreign_table_exposed::RULE,
    &sensitive_columns_exposed::RULE,
    &extension_exposed::RULE,
    &rls_without_policy::RULE,
    &owner_without_policy::RULE,
    &policy_without_condition::RULE,
    &policy_without_check::RULE,
    &grant_without_policy::RULE,
    &policy_without_grant::RULE,
    &claim_per_row::RULE,
    &several_permissive_policies::RULE,
    &unindexed_foreign_key::RULE,
    &duplicate_index::RULE,
    &no_primary_key::RULE,
    &output_named_as_filter::RULE,
    &leftover_object::RULE,
    &MALFORMED_EXCLUSION,
    &UNUSED_EXCLUSION,
];

/// The rule of that name.
pub fn named(name: &str) -> Result<&'static Rule, UnknownRule> {
    let found = ALL.iter().find(|rule| rule.name == name);
    found.copied().ok_or_else(|| UnknownRule::new(name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{ALL, named};

    #[test]
    fn every_rule_is_listed_once_and_says_what_to_do() {
        let names: BTreeSet<_> = ALL.iter().map(|rule| rule.name).collect();
        assert_eq!(names.len(), ALL.len());
        for rule in ALL {
            assert!(
                rule.doc.len() > 150,
                "{}: what, why, how to resolve",
                rule.name
            );
            assert!(!rule.title.ends_with('.'), "{}", rule.name);
        }
    }

    #[test]
    fn an_unknown_name_suggests_the_nearest() {
        let error = named("rls_disable").unwrap_err().to_string();
        assert_eq!(
            error,
            "there is no rule rls_disable; did you mean rls_disabled?"
        );
        let error = named("zzzzzzzz").unwrap_err().to_string();
        assert!(error.contains("rowdesk reference rules"), "{error}");
    }
}
