"""Speed and memory against what one would use instead: `python -m benchmarks`.

    plan       how much is measured, and until when
    mail, telegram, limited, pages   what is measured: suites that return tables
    children   contenders and servers as processes of their own, spoken to in JSON
    contenders/   one program each, run by `child` in a fresh interpreter
    sink, echo, platform, postgres   what they need: servers, which `serve` lets report
    installation, school, crowd   a home for Broadcaster, with families and announcements
    figures, ratios, table, results   from runs to RESULTS.md

The process that runs the suites imports nothing but the standard library: what a child inherits of
its parent's memory would count as its own.
"""
