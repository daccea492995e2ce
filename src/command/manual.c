/* SPDX-License-Identifier: Apache-2.0 */
/* The manual page out of the command table, so that the two cannot drift apart. */
#include "command/reference.h"

/* troff reads a leading dot or quote and every backslash and hyphen; in running text, words only. */
void manual_escape(struct str *ret, const char *text)
{
	for (; *text; text++) {
		if (*text == '\\')
			str_add(ret, "\\e");
		else if (*text == '-')
			str_add(ret, "\\-");
		else
			str_add_char(ret, *text);
	}
}

static void add_row(struct str *ret, const struct command_row *row)
{
	AUTO_STR usage = STR_INIT;
	size_t count;
	const struct command_argument *arguments = command_arguments(row, &count);

	command_usage(row, &usage);
	str_add(ret, ".TP\n.B ");
	manual_escape(ret, usage.bytes);
	str_add_char(ret, '\n');
	manual_escape(ret, row->help);
	str_add(ret, ".\n");
	for (size_t i = 0; i < count; i++) {
		if (!arguments[i].help)
			continue;
		str_add(ret, ".br\n");
		manual_escape(ret, arguments[i].name);
		str_add(ret, ": ");
		manual_escape(ret, arguments[i].help);
		str_add(ret, ".\n");
	}
}

static const char head[] =
	".TH PSIRTTY 1\n.SH NAME\npsirtty \\- terminal workstation for product security incident response\n"
	".SH SYNOPSIS\n.B psirtty\n[\\-\\-vault DIR] [\\-\\-json] [\\-\\-offline] [\\-\\-now RFC3339] "
	"[\\-\\-plain] [\\-\\-readonly] [COMMAND ...]\n.SH DESCRIPTION\n"
	"Without a command the workstation opens on the vault. Every command can also be typed after a colon "
	"on the screen.\n.SH COMMANDS\n";
static const char tail[] =
	".SH EXIT STATUS\n0 yes or done; 1 the answer is no; 2 usage; 3 input cannot be read; 4 not permitted or "
	"locked; 5 busy or conflict; 70 a mistake in the program.\n.SH ENVIRONMENT\n"
	"PSIRTTY_VAULT names the vault, GNUPGHOME gpg's home, VISUAL or EDITOR the editor; NO_COLOR takes the "
	"colours away.\n.SH MEMBERS AND ACCESS\n"
	"A vault begins with one admin. A newcomer asks (member request), by the vault's folder or by a file that is "
	"carried, and tells the fingerprint on another way; an admin admits (member add). Roles are a ceiling: admin and "
	"handler may do everything, evaluator and approver read and write, observer reads. Within it each case has its "
	"own readers: case grant opens it with its whole past, case revoke and member revoke give it a new key, and what "
	"was read before cannot be taken back. case readers says who may read a case, and who has looked at its files or "
	"exported it. What one may not read appears in no list, count, search or completion.\n.PP\n"
	"The holder of the recovery key (member recovery) can open every case. Without one, what the last reader of a case "
	"loses is lost: keep that key apart, and try it once a year. member rotate opens your identity with another "
	"OpenPGP key; who fears that the identity itself was stolen asks anew, is admitted and removed as the old one.\n"
	".SH THE VAULT\n"
	"audit verify proves that nothing was altered, inserted, dropped from the middle or put in another order, or names "
	"the event. That the end was cut off shows against what a member remembers or a checkpoint that was kept elsewhere "
	"(vault checkpoint check). A note of the audit is no damage: somebody who may read a case has no key to it in "
	"keys.db. vault check looks after files: modes, leftovers, attachments, and your own cache, which it compares "
	"with what is read anew; \\-\\-repair mends what is no data.\n.PP\n"
	"vault backup copies while others work; vault restore verifies before it leaves anything. A vault restored from an "
	"older backup opens for reading; vault lost names the events that you saw and it lacks, and vault restored "
	"\\-\\-abandon lets an admin give them up; others follow with the same line. vault "
	"bundle and case import carry work between two copies of one vault: both ways, and the copies are alike.\n.PP\n"
	"case shred ends a case: contents, keys, files and the mails that were taken into it. Its record stays (vault "
	"disposals). Copies of keys.db in backups can still open copies of its contents until they are gone, too. What "
	"the inbox noted of its mails stays sealed among the inbox's events.\n.PP\n"
	"^C stops a backup, bundle, export, import or restore between two pieces of work and leaves nothing of it; a second "
	"one ends the program at once.\n.SH OPERATION\n"
	"A checkpoint each night, kept where this host cannot change it, and a backup, by two lines of cron of "
	"somebody whose key needs no passphrase at night:\n.nf\n"
	"17 2 * * * psirtty \\-\\-vault /srv/vault vault checkpoint /media/apart/$(date +\\e%F).asc\n"
	"27 2 * * * psirtty \\-\\-vault /srv/vault vault backup /srv/backup/vault.tar\n.fi\n"
	"keys.db is a backup of its own (vault backup \\-\\-keys), kept for a short time only: as long as it lies "
	"somewhere, what was shredded can be opened with it.\n.SH LIMITS OF THE PROTECTION\n"
	"Not defended against: root or the kernel while someone is unlocked; what a removed handler has already "
	"read; deletion of files by a member of the group (keep backups); a first verifier without any "
	"remembered head. Sizes (rounded up), counts, times of writing, authors and reader lists can be seen by "
	"whoever reads the disk.\n";

void command_manual(struct str *ret)
{
	str_add(ret, head);
	for (size_t i = 0; i < command_count(); i++)
		add_row(ret, command_row_at(i));
	str_add(ret, tail);
}
