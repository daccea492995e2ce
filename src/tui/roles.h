/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run of cells means. Views name a role, the theme says how it looks; body text of a mail is
 * only ever drawn as ROLE_BODY, ROLE_GUTTER or ROLE_MATCH, so no message can imitate a verdict.
 */
#ifndef PSIRTTY_SRC_TUI_ROLES_H
#define PSIRTTY_SRC_TUI_ROLES_H

/* enum name, name in a theme file */
#define ROLES(X) \
	X(ROLE_NORMAL, "normal") X(ROLE_DIM, "dim") X(ROLE_RULE, "rule") \
	X(ROLE_BAR, "bar") X(ROLE_BAR_CURRENT, "bar-current") X(ROLE_BAR_MARK, "bar-mark") \
	X(ROLE_VAULT_A, "vault-a") X(ROLE_VAULT_B, "vault-b") X(ROLE_VAULT_C, "vault-c") X(ROLE_VAULT_D, "vault-d") \
	X(ROLE_HEADER, "header") X(ROLE_SELECTED, "selected") X(ROLE_MARKED, "marked") \
	X(ROLE_ID, "id") X(ROLE_LABEL, "label") X(ROLE_TITLE, "title") \
	X(ROLE_TAB, "tab") X(ROLE_TAB_CURRENT, "tab-current") \
	X(ROLE_NEW, "new") X(ROLE_OVERDUE, "overdue") X(ROLE_EMBARGO, "embargo") X(ROLE_DUE, "due") \
	X(ROLE_SEVERITY_LOW, "severity-low") X(ROLE_SEVERITY_MEDIUM, "severity-medium") \
	X(ROLE_SEVERITY_HIGH, "severity-high") X(ROLE_SEVERITY_CRITICAL, "severity-critical") \
	X(ROLE_VERIFIED, "verified") X(ROLE_SIGNED, "signed") X(ROLE_BAD, "bad") X(ROLE_UNSIGNED, "unsigned") \
	X(ROLE_BODY, "body") X(ROLE_GUTTER, "gutter") X(ROLE_MATCH, "match") \
	X(ROLE_ADDED, "added") X(ROLE_ADDED_WORD, "added-word") X(ROLE_REMOVED, "removed") \
	X(ROLE_REMOVED_WORD, "removed-word") X(ROLE_HUNK, "hunk") \
	X(ROLE_CHART, "chart") X(ROLE_HINT_KEY, "hint-key") X(ROLE_HINT, "hint") \
	X(ROLE_MESSAGE, "message") X(ROLE_ERROR, "error") X(ROLE_WARNING, "warning") X(ROLE_PROMPT, "prompt") \
	X(ROLE_DISABLED, "disabled")
enum role {
#define X(role, name) role,
	ROLES(X)
#undef X
	ROLE_COUNT
};

#endif
