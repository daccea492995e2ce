# SPDX-License-Identifier: Apache-2.0
# Turns data/ssvc/points.tsv (first) and the decision tables beside it into the static tables of
# ssvc.c. An unknown decision point or value ends the build.

function fail(why) {
	printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
	failed = 1
	exit 1
}

function value_index(point, key, i) {
	for (i = 0; i < value_count[point]; i++)
		if (value_key[point, i] == key)
			return i
	fail("no value \"" key "\" of " point_id[point])
}

BEGIN { FS = "\t"; points = trees = rows = 0 }

/^#/ || /^$/ { next }

FILENAME ~ /points\.tsv$/ {
	id = $1 ":" $2 ":" $3
	if (!(id in point_of)) {
		point_of[id] = points
		point_id[points] = id
		point_init[points] = sprintf("\"%s\", \"%s\", \"%s\", N_(\"%s\")", $1, $2, $3, $4)
		latest[$1 ":" $2] = points
		family[points] = $1 ":" $2
		points++
	}
	p = point_of[id]
	n = value_count[p]++ + 0
	value_key[p, n] = $5
	value_init[p, n] = sprintf("{ \"%s\", N_(\"%s\") }", $5, $6)
	next
}

$1 == "tree" {
	t = trees++
	tree_init[t] = sprintf("\"%s\", \"%s\", \"%s\", N_(\"%s\")", $2, $3, $4, $5)
	first_row[t] = rows
	next
}

$1 == "points" {
	inputs[t] = NF - 2
	for (i = 2; i <= NF; i++) {
		if (!($i in point_of))
			fail("no decision point " $i)
		tree_point[t, i - 2] = point_of[$i]
	}
	next
}

$1 == "letters" {
	for (i = 2; i <= NF; i++)
		letters[t] = letters[t] sprintf("%s\"%s\"", i > 2 ? ", " : "", $i)
	next
}

$1 == "outcomes" {
	for (i = 2; i <= NF; i++)
		outcomes[t] = outcomes[t] sprintf("%s\"%s\"", i > 2 ? ", " : "", $i)
	next
}

$1 == "row" {
	if (NF != inputs[t] + 2)
		fail("not " inputs[t] + 1 " columns")
	line = ""
	for (i = 2; i < NF; i++)
		line = line sprintf("%s%d", i > 2 ? ", " : "", value_index(tree_point[t, i - 2], $i))
	row_init[rows++] = sprintf("{ { %s }, %d }", line, value_index(tree_point[t, NF - 2], $NF))
	last_row[t] = rows
	next
}

{ fail("not understood: " $1) }

END {
	if (failed)
		exit 1
	for (p = 0; p < points; p++) {
		printf "static const struct ssvc_value values_%d[] = {\n", p
		for (i = 0; i < value_count[p]; i++)
			printf "\t%s,\n", value_init[p, i]
		print "};"
	}
	print "static const struct ssvc_point points[] = {"
	for (p = 0; p < points; p++)
		printf "\t{ %s, values_%d, %d, %s },\n", point_init[p], p, value_count[p],
			latest[family[p]] == p ? "true" : "false"
	print "};\nstatic const struct row rows[] = {"
	for (i = 0; i < rows; i++)
		printf "\t%s,\n", row_init[i]
	print "};\nstatic const struct ssvc_tree trees[] = {"
	for (t = 0; t < trees; t++) {
		printf "\t{ %s, %d, { ", tree_init[t], inputs[t]
		for (i = 0; i < inputs[t]; i++)
			printf "%s&points[%d]", i ? ", " : "", tree_point[t, i]
		printf " }, &points[%d] },\n", tree_point[t, inputs[t]]
	}
	print "};\nstatic const struct tree_extra extras[] = {"
	for (t = 0; t < trees; t++)
		printf "\t{ %d, %d, { %s }, { %s } },\n", first_row[t], last_row[t] - first_row[t],
			letters[t] ? letters[t] : "NULL", outcomes[t] ? outcomes[t] : "NULL"
	print "};"
}
