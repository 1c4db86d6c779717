"""Broken on purpose: whole installations whose parts are killed while platforms count what arrives.

`python -m tests.faults` breaks everything and prints a table; `make faults` does the same.

parts          a process that is started, killed and kept running, as systemd would
talk           children that answer in lines of JSON
stores         a PostgreSQL and a Redis of one installation, which can be hurt
proxy          a wire that can be slow, silent or cut
platforms      the sandbox platforms as a child that counts what arrived
clerk          a child that enrols families, releases announcements and reads the rows
installation   all of that as one running system
planner        a child that plans ahead and looks at what became of it
strangers      platforms whose certificates are not to be trusted
clock          a wall clock that is set while processes run
previous       the version before, out of git; `writer` is its author
trap           a module inside workers that kills them at a named step
ledger         rows against arrivals: what is lost, doubled, unknown
table          the rows that are printed
scene          how a scene is named, found and run
scenes/        what is broken, a noun a file
"""
