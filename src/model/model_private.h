/* SPDX-License-Identifier: Apache-2.0 */
/* What files of the model beside model.c see of it. */
#ifndef MODEL_MODEL_PRIVATE_H
#define MODEL_MODEL_PRIVATE_H

#include "model/cases.h"
#include "model/clock_house.h"

/* The cases, to be looked through; what is kept of them for speed may be brought up to date. */
struct cases *model_cases(const struct model *model);
/* Asks the loader for the brief of a case that is known at a glance, else for its events; or for all briefs. */
void model_know_case(struct model *model, const uint8_t stream[16]);
void model_know_cases(struct model *model);
struct inventory_facts;
const struct inventory_facts *model_inventory_facts(const struct model *model);
const struct clock_house *model_clock_house(const struct model *model);

#endif
