/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Functions that do not compile in this project: each has no bound, hides a
 * shell, or keeps hidden state. Included last by every other base header.
 */
#ifndef PSIRTTY_BASE_BANNED_H
#define PSIRTTY_BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef strcpy
#undef strcat
#undef sprintf
#undef vsprintf
#undef strtok
#undef strncpy
#undef strncat
#define strcpy(a, b)          psirtty_banned_strcpy
#define strcat(a, b)          psirtty_banned_strcat
#define sprintf(...)          psirtty_banned_sprintf
#define vsprintf(a, b, c)     psirtty_banned_vsprintf
#define strtok(a, b)          psirtty_banned_strtok
#define strncpy(a, b, c)      psirtty_banned_strncpy
#define strncat(a, b, c)      psirtty_banned_strncat
#define system(a)             psirtty_banned_system
#define popen(a, b)           psirtty_banned_popen

#endif
