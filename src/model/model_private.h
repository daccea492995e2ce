/* SPDX-License-Identifier: Apache-2.0 */
/* What files of the model beside model.c see of it. */
#ifndef MODEL_MODEL_PRIVATE_H
#define MODEL_MODEL_PRIVATE_H

#include "model/cases.h"
#include "model/clock_house.h"

/* The cases, to be looked through; what is kept of them for speed may be brought up to date. */
struct cases *model_cases(const struct model *model);
const struct clock_house *model_clock_house(const struct model *model);

#endif
