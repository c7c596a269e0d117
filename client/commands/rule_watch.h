/* fupin watch --compliance: findings of the plan's rules as they turn. */
#ifndef FUPIN_CLIENT_RULE_WATCH_H
#define FUPIN_CLIENT_RULE_WATCH_H

/* The words of the command line; returns the exit status. */
int rule_watch(int argc, char **argv);

#endif
