"""Speed and memory against what one would use instead: `python -m benchmarks`.

    __main__   the order of the day: rounds of every suite within three minutes, then the results
    suites     what is measured, round by round: mail, memory, vk, telegram
    children   contenders and servers as processes of their own, spoken to in JSON
    contenders one program each, run in a fresh interpreter by `child`
    sink, echo, platform   what they send to: SMTP, a bare Bot API, the sandbox platforms
    school     a school in a temporary home: configuration, people, an announcement
    ratios     medians, and ratios paired by round
    results    the table and RESULTS.md
"""
