"""Speed and memory against what one would use instead: `python -m benchmarks`.

    plan       how much is measured, and until when
    mail, slow, growth, telegram, limited, waiting, idle, workers, million, planned, pages
               the parts: what is measured, as tables with the aims that they answer
    letters    runs that several parts share
    children   contenders and servers as processes of their own, spoken to in JSON
    contenders/   one program each, run by `child` in a fresh interpreter; postfix has two in C
    sink, doorway, echo, platform, postgres, redis   what they need: servers, which `serve` lets
               report
    installation, school, crowd, city   a home for Broadcaster, with families and announcements
    served     everything in such a home, as `broadcaster serve` starts it
    figures, ratios, table, aims   from runs to what is said of them
    kept, readme   measured/*.json, a file a part, and README.md, which is written of them

The process that runs the parts imports nothing but the standard library: what a child inherits of
its parent's memory would count as its own.
"""
