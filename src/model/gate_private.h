/* SPDX-License-Identifier: Apache-2.0 */
/* The checks of the gates by their names in the data. */
#ifndef MODEL_GATE_PRIVATE_H
#define MODEL_GATE_PRIVATE_H

#include "psirtty/model/gate.h"

typedef void (*gate_check)(const struct gate_request *request, struct gate_verdict *verdict);
/* NULL when there is none of this name. */
gate_check gate_check_named(const char *name);

/* ---- gate_texts.c */
void gate_check_network(const struct gate_request *request, struct gate_verdict *verdict);
void gate_check_exaggeration(const struct gate_request *request, struct gate_verdict *verdict);
void gate_check_tools(const struct gate_request *request, struct gate_verdict *verdict);
/* ---- gate_places.c */
void gate_check_foreign(const struct gate_request *request, struct gate_verdict *verdict);

#endif
