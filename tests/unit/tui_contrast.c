/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Colours that can be read: the contrast of every role of every shipped theme on the grounds it is made for (WCAG 2.2, 1.4.3
 * and 1.4.11), and in the theme for the colour-blind the distance of what must not be confused, as a protanope and a
 * deuteranope see it (Viénot, Brettel and Mollon 1999).
 */
#include "tap.h"

#include "tui/theme.h"

struct rgb { double r, g, b; }; /* linear, 0 to 1 */

/* V to the power of 2.4: its square times the fifth root of its square. */
static double power(double v)
{
	double square = v * v, root = 1;

	for (int i = 0; i < 60 && v > 0; i++)
		root = (4 * root + square / (root * root * root * root)) / 5;
	return v > 0 ? square * root : 0;
}

static double linear(int value)
{
	double v = value / 255.0;

	return v <= 0.04045 ? v / 12.92 : power((v + 0.055) / 1.055);
}

/* xterm's palette. */
static struct rgb colour(int index)
{
	static const unsigned char first[16][3] = {
		{ 0, 0, 0 },	   { 205, 0, 0 },  { 0, 205, 0 },  { 205, 205, 0 }, { 0, 0, 238 },   { 205, 0, 205 },
		{ 0, 205, 205 },   { 229, 229, 229 }, { 127, 127, 127 }, { 255, 0, 0 }, { 0, 255, 0 }, { 255, 255, 0 },
		{ 92, 92, 255 },   { 255, 0, 255 }, { 0, 255, 255 }, { 255, 255, 255 },
	};
	static const int levels[6] = { 0, 95, 135, 175, 215, 255 };

	if (index < 16)
		return (struct rgb){ linear(first[index][0]), linear(first[index][1]), linear(first[index][2]) };
	if (index >= 232)
		return (struct rgb){ linear(8 + 10 * (index - 232)), linear(8 + 10 * (index - 232)), linear(8 + 10 * (index - 232)) };
	index -= 16;
	return (struct rgb){ linear(levels[index / 36]), linear(levels[index / 6 % 6]), linear(levels[index % 6]) };
}

static double luminance(struct rgb c)
{
	return 0.2126 * c.r + 0.7152 * c.g + 0.0722 * c.b;
}

static double contrast(struct rgb a, struct rgb b)
{
	double x = luminance(a) + 0.05, y = luminance(b) + 0.05;

	return x > y ? x / y : y / x;
}

/* What a 256-colour terminal shows; -1: its own. */
static int shown(int plain, int refined)
{
	return refined >= 0 ? refined : plain;
}

static const struct { const char *theme; bool on_black, on_white; double refined, plain; } grounds[] = {
	{ "dark", true, false, 4.5, 3.0 }, { "light", false, true, 4.5, 3.0 }, { "cb", true, true, 4.5, 4.5 }, { "mono", true, true, 4.5, 3.0 },
};

static void test_role(const struct theme *theme, int role, int ground, double least_refined, double least_plain)
{
	const struct style *style = &theme->styles[role];
	int fg = shown(style->fg, style->fg256), bg = shown(style->bg, style->bg256);
	struct rgb below = colour(bg >= 0 ? bg : ground ? 15 : 0), on = colour(fg >= 0 ? fg : ground ? 0 : 15);
	double least = style->fg256 >= 0 ? least_refined : least_plain, ratio = contrast(on, below);

	CHECK(ratio >= least, "%s: %s on %s has %.1f of %.1f", theme->name, role_name(role), ground ? "white" : "black", ratio, least);
}

static void test_contrasts(void)
{
	for (size_t i = 0; i < ARRAY_LEN(grounds); i++) {
		struct theme theme;

		if (!CHECK(theme_load(grounds[i].theme, &theme, NULL) == 0, "theme %s", grounds[i].theme))
			continue;
		for (int role = 0; role < ROLE_COUNT; role++) {
			if (grounds[i].on_black)
				test_role(&theme, role, 0, grounds[i].refined, grounds[i].plain);
			if (grounds[i].on_white)
				test_role(&theme, role, 1, grounds[i].refined, grounds[i].plain);
		}
	}
}

/* ---- confusion */

static struct rgb seen(struct rgb c, bool deutan)
{
	double yellow = deutan ? 0.29275 * c.r + 0.70725 * c.g : 0.11238 * c.r + 0.88762 * c.g;
	double lift = deutan ? 0.02234 * (c.g - c.r) : 0.00401 * (c.r - c.g);

	return (struct rgb){ yellow, yellow, c.b + lift };
}

static double apart(struct rgb a, struct rgb b)
{
	return (a.r - b.r) * (a.r - b.r) + (a.g - b.g) * (a.g - b.g) + (a.b - b.b) * (a.b - b.b);
}

static void test_pair(const struct theme *theme, enum role a, enum role b)
{
	const struct style *x = &theme->styles[a], *y = &theme->styles[b];
	int fx = shown(x->fg, x->fg256), fy = shown(y->fg, y->fg256);
	bool other = x->attributes != y->attributes;

	for (int deutan = 0; deutan < 2 && !other && fx >= 0 && fy >= 0; deutan++)
		CHECK(apart(seen(colour(fx), deutan), seen(colour(fy), deutan)) > 0.2, "%s and %s are apart, %s", role_name(a),
		      role_name(b), deutan ? "deutan" : "protan");
	CHECK(other || fx != fy, "%s: %s and %s look different", theme->name, role_name(a), role_name(b));
}

static void test_confusions(void)
{
	static const enum role pairs[][2] = {
		{ ROLE_VERIFIED, ROLE_BAD }, { ROLE_VERIFIED, ROLE_UNSIGNED }, { ROLE_SIGNED, ROLE_UNSIGNED }, { ROLE_ADDED, ROLE_REMOVED },
		{ ROLE_ADDED_WORD, ROLE_REMOVED_WORD }, { ROLE_ADDED_WORD, ROLE_ADDED }, { ROLE_OVERDUE, ROLE_EMBARGO },
		{ ROLE_OVERDUE, ROLE_DUE }, { ROLE_DUE, ROLE_EMBARGO }, { ROLE_SEVERITY_CRITICAL, ROLE_SEVERITY_HIGH },
		{ ROLE_SEVERITY_HIGH, ROLE_SEVERITY_MEDIUM }, { ROLE_SEVERITY_MEDIUM, ROLE_SEVERITY_LOW },
		{ ROLE_VAULT_A, ROLE_VAULT_B }, { ROLE_VAULT_A, ROLE_VAULT_C }, { ROLE_VAULT_A, ROLE_VAULT_D },
		{ ROLE_VAULT_B, ROLE_VAULT_C }, { ROLE_VAULT_B, ROLE_VAULT_D }, { ROLE_VAULT_C, ROLE_VAULT_D },
	};
	struct theme theme;

	theme_load("cb", &theme, NULL);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++)
		test_pair(&theme, pairs[i][0], pairs[i][1]);
}

int main(void)
{
	setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
	CHECK(contrast(colour(0), colour(15)) > 20.9 && contrast(colour(0), colour(15)) < 21.1, "black on white is 21");
	test_contrasts();
	test_confusions();
	return tap_done();
}
