/* The small values that everything is made of: unit codes, periods and dates, fixed-point numbers, UTF-8,
 * submission ids and digests. */
#include "unit.h"

#include "bounds.h"
#include "calendar.h"
#include "decimal.h"
#include "identity.h"
#include "submission.h"
#include "unit_code.h"
#include "utf8.h"

#include <inttypes.h>
#include <sodium.h>
#include <string.h>
