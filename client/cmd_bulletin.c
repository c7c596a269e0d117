#include "command.h"
int
cmd_bulletin(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	return 0;
}
