/* SPDX-License-Identifier: BSD-3-Clause */
/* rpzgen check: every fault of an inventory in one run. */
#include <config.h>

#include "rpzgen/commands.h"

#include "rpzgen/inventory.h"

static int
run(struct hrd_args *args)
{
	struct hrd_inventory *inventory = hrd_inventory_read(args->argv[0], args->diag);

	if (inventory == NULL)
		return HRD_EXIT_OK;
	hrd_inventory_check(inventory, args->diag);
	hrd_inventory_check_grades(inventory, args->diag);
	hrd_inventory_free(inventory);
	return HRD_EXIT_OK;
}

const struct hrd_command hrd_cmd_check = {
	.name = "check",
	.synopsis = "INVENTORY",
	.summary = "Reports every fault of an inventory",
	.json = HRD_CMD_JSON_REPORT,
	.min_operands = 1,
	.max_operands = 1,
	.run = run,
};
