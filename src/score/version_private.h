/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of the version orders share: the row of an order, spans of text that are never
 * copied, numbers of any size. An order is two functions over zero-ended strings: a check that
 * names what is wrong, and an order that is only called for versions that passed it.
 */
#ifndef PSIRTTY_SCORE_VERSION_PRIVATE_H
#define PSIRTTY_SCORE_VERSION_PRIVATE_H

#include "psirtty/base/i18n.h"
#include "psirtty/score/version.h"
#include "score/scan.h"

/* No ecosystem has longer ones; every buffer below is sized by it. */
enum { VERSION_LENGTH_MAX = 1024 };

/* What an order answers for two versions that are different but neither is before the other. */
enum { VERSION_UNORDERED = 2 };

struct version_scheme {
	const char *name;    /* canonical: the vers type where there is one */
	const char *aliases; /* lower case, each with a '|' before and behind it */
	int (*check)(const char *version, struct error *err);
	int (*order)(const char *a, const char *b); /* -1, 0, 1 or VERSION_UNORDERED */
	bool uncertain;
};

/* Sets the error for VERSION and returns ERR_NO. */
int version_refuse(struct error *err, const char *version, const char *why, ...)
	__attribute__((format(printf, 3, 4)));
/* The same for one character: "'x' at character 3 ...", whatever the byte. */
int version_refuse_at(struct error *err, const char *version, const char *at, const char *why);

static inline bool is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static inline int sign_of(long number)
{
	return (number > 0) - (number < 0);
}

/* The end of the run of digits at AT. */
static inline const char *digits_end(const char *at)
{
	while (is_digit(*at))
		at++;
	return at;
}

/* The words of ASCII letters at AT. */
static inline const char *alphas_end(const char *at)
{
	while (is_alpha(*at))
		at++;
	return at;
}

/* Runs of decimal digits as numbers of any size; an absent or empty one is zero. */
int number_order(struct span a, struct span b);
/* Bytes, a prefix first. */
int bytes_order(struct span a, struct span b);
int bytes_order_nocase(struct span a, struct span b);
bool span_is_nocase(struct span a, const char *word); /* WORD is lower case */
bool span_all_digits(struct span a);
/* Without the space characters around it. */
struct span span_trim(const char *text);

/* The check and the order of each row, by file. */
#define VERSION_ORDER(name)                                                                        \
	int name##_check(const char *version, struct error *err);                                  \
	int name##_order(const char *a, const char *b)

/* version_semver.c */
VERSION_ORDER(semver);
VERSION_ORDER(npm);
VERSION_ORDER(npm_loose);
VERSION_ORDER(golang);
VERSION_ORDER(nuget);
VERSION_ORDER(pub);
/* version_pypi.c, version_maven.c, version_gem.c, version_composer.c */
VERSION_ORDER(pypi);
VERSION_ORDER(maven);
VERSION_ORDER(gem);
VERSION_ORDER(composer);
/* version_distro.c */
VERSION_ORDER(deb);
VERSION_ORDER(rpm);
VERSION_ORDER(alpm);
/* version_gentoo.c: both orders come from Gentoo */
VERSION_ORDER(apk);
VERSION_ORDER(gentoo);
/* version_plain.c */
VERSION_ORDER(conan);
VERSION_ORDER(cran);
VERSION_ORDER(hackage);
VERSION_ORDER(intdot);
VERSION_ORDER(openssl);
VERSION_ORDER(datetime);
VERSION_ORDER(lexicographic);
VERSION_ORDER(git);
/* version_generic.c */
VERSION_ORDER(generic);

#endif
