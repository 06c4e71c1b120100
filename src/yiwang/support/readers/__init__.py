"""读卡器 Identity-card readers at the windows of a hall.

Plan part: 一个公共应用支撑. One port (``definitions.CardReader``), one class per make of reader; the sample
installation has a simulator whose card and mood a page sets. What a card says is never kept here.
"""
