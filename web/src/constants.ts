// Of the modules of vinchar/: change a number there, and run python3 -m web.generate.

export const assemble = {
  Weights: {"pitches": [16.0, 18.5, 21.0, 24.0], "sigma": 0.3, "cap": 4.0, "closest": 10.0, "reach": 2.6, "zone": 0.25, "gap": 1.0, "margin": 1.0, "end": 0.5, "least": -5.0},
} as const;

export const bundle = {
  FORMAT: 7,
  NETWORKS: ["locator", "rectifier", "classifier", "glyph"],
  EXPERTS: {"lattice": "classifier", "ctc": "ctc", "detector": "detector"},
  STRUCTURE: "structure.npz",
  WEIGHTS: {"vin": 7, "right": 7},
} as const;

export const classify = {
  STRIDE: 2,
  WINDOW: 64,
  ANSWERS_A_GLYPH: 3.75,
} as const;

export const ctc = {
  STEP: 4,
  ALTERNATIVES: 4,
  NEVER: 1e-09,
} as const;

export const decide = {
  UPSIDE_DOWN: "upside down",
  TWO_ROWS: "two rows",
  EDGE: 22,
  COLDEST: -2.3,
  MARGIN_ALONG: 0.25,
  MARGIN_ACROSS: 0.15,
  ALIKE: 3,
  SAME_ACROSS: 0.7,
  SAME_ALONG: 0.75,
} as const;

export const doubts = {
  RIVAL: 0.05,
  CLEAR: 0.9,
  SOME: 4,
  MANY: 6,
  AGAINST: [[2.0, "it is unlike the VINs that are known: check that it is one"], [0.0, "it looks like other print: check that it is the VIN"], [0.0, "more characters follow on its line: check where the VIN begins and ends"], [0.0, "there is a wide gap in it: check that all of it is one VIN"], [0.0, "it was read upside down: turn the picture"], [0.0, "it was read from two rows: check that they belong together"]],
  FAINT: "the line is faint or partly hidden: light it evenly and take it closer",
} as const;

export const explain = {
  READABLE: 0.02,
  NONE_FOUND: "no VIN found: if there is one, take it closer and sharper, with all of it in the picture",
  BARCODE: 0.994,
  UNLIKELY: 0.001,
  EVEN: 0.5,
} as const;

export const explainer = {
  SEVERAL: "the picture shows several VINs: ask for all of them",
} as const;

export const frames = {
  SHARE: 0.1,
  SEEN: 0.5,
  SAME: 15.0,
  FIT: 0.3333333333333333,
  MOST: 8,
  LEAST: 0.001,
  UNSEEN: -30.0,
  NEGLIGIBLE: -7.0,
} as const;

export const kind = {
  GLYPH_SIDE: 160,
  PARTS: 4,
  PART: 0.05,
} as const;

export const known = {
  SHARE: 0.002,
  LIKE: 0.5,
  LAST: [1, 2, 3, 4, 5, 6],
  SHORTLIST: 64,
  CHUNKS: [[0, 3], [3, 6], [6, 9], [9, 12], [12, 15], [15, 17]],
} as const;

export const locate = {
  SIDE: 640,
  CLOSER: 1280,
  ENLARGE: {"640": 2.0, "1280": 3.5},
  STRIDE: 4,
  MULTIPLE: 32,
  RIDGE: 1.2,
  SEEN: 0.25,
  SURE: 0.4,
  BAND: 0.83,
  MARGIN: [1.08, 1.3],
  FEWEST_CELLS: 6,
  COLD: 0.1,
  MOST_PARTS: 12,
} as const;

export const looks = {
  LOCATED: 8,
  TEXTLINES: 6,
  RIVAL: 0.5,
  ROW_TEXTLINES: 24,
  ROW_PAIRS: 8,
  SPLIT: 2,
  FARTHER: 320,
  FAR_LINES: 4,
  FAR_PAIRS: 4,
  WIDE: 1.2,
  TURNED: 4,
  ROOM: 1.3,
} as const;

export const posterior = {
  STRINGS: 5,
  BEAM: 128,
  POOR: -12.0,
  RELEVANT: 10.0,
  NAMED: 16,
  FOLLOWED: 32,
} as const;

export const quality = {
  BLACK: 12,
  WHITE: 243,
  READS_BEST: 16,
  SMOOTH: 0.7,
  FAULTS: [{"name": "cut_off", "worse": 1, "aim": 0.0, "advice": "the line is cut off at the picture's edge: take all of it into the picture"}, {"name": "glyph_height", "worse": -1, "aim": 16, "advice": "the characters are too small: move closer"}, {"name": "washed_out", "worse": 1, "aim": 0.23, "advice": "glare or deep shadow on part of the line: change the angle or shade it"}, {"name": "blur", "worse": 1, "aim": 0.145, "advice": "out of focus or moved: move closer or hold still"}, {"name": "contrast", "worse": -1, "aim": 29.5, "advice": "hardly any contrast: light it from the side or wipe it"}, {"name": "covered", "worse": 1, "aim": 0.03, "advice": "part of the line is covered or worn: clean it or uncover it"}],
} as const;

export const reading = {
  SCHEMA: 1,
  CORNERS: ["x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4"],
  ROW: ["image", "rank", "kind", "vin", "status", "confidence", "source", "check_digit", "maker", "region", "model_year", "reasons", "second", "second_confidence", "barcodes", "without_list", "x1", "y1", "x2", "y2", "x3", "y3", "x4", "y4", "model", "frame"],
} as const;

export const recognise = {
  FEWEST: 13,
  MOST: 22,
  RELEVANT: 12.0,
  HOPELESS: -30.0,
  BESIDE: [0.6, 1.6],
} as const;

export const rectify = {
  LINE_HEIGHT: 64,
  LINE_WIDTH: 256,
  LINE_STRIDE: 4,
  FINE_LENGTH: 0.8,
  FINE_GLYPH: 0.4,
  JOINED: 400,
  NEAR: 0.05,
  ELSEWHERE: 0.3,
  GRID: 0.000244140625,
  STRIP_START: 30,
  STRIP_END: 370,
} as const;

export const rows = {
  TURN: 0.13962634015954636,
  TALLER: 1.6,
  LONGER: 2.5,
  APART: [0.6, 2.4],
  TOGETHER: [5.0, 22.0],
  HIGH: 8.0,
  PER_PLACE: 0.05,
  PER_SHIFT: 1.5,
  PER_HEIGHT: 6.0,
  PER_LENGTH: 0.1,
  FARTHEST: 3.0,
  USUAL: 13.0,
} as const;

export const search = {
  DOUBT: 0.1,
  AGAIN: 2,
  WORTH: -6.0,
  WIDER: 40,
  MOST_VINS: 64,
} as const;

export const segment = {
  SPECK: 8,
  REACH: 0.3,
  ASIDE: 0.3,
} as const;

export const structureFacts = {
  BEGINNING: [0, 1, 2, 3, 4, 5, 6, 7, 9, 10],
  NINTH: 8,
  SERIAL: [11, 12, 13, 14, 15, 16],
} as const;

export const structureModel = {
  MODEL: 0.9,
  RULES: 0.1,
  DIGITS: 10,
  OBEYS: 0.98,
  OBEYS_ELSEWHERE: 0.25,
  REGION: -1,
  CHECK_DIGITS: "0123456789X",
  FIRST_BITS: 18,
} as const;

export const structureRules = {
  LETTERS: "ABCDEFGHJKLMNPRSTUVWXYZ",
  POSITION_FACTS: [[[1], "0", -3.0], [[1], "ABCDEFGH", -2.0], [[1], "678MNPR", -1.0], [[4, 5, 6, 7, 8], "Z", 0.5], [[10], "UZ0", -2.5], [[12], "ABCDEFGHJKLMNPRSTUVWXYZ", -0.7], [[13], "ABCDEFGHJKLMNPRSTUVWXYZ", -1.3], [[14, 15], "ABCDEFGHJKLMNPRSTUVWXYZ", -2.5], [[16, 17], "ABCDEFGHJKLMNPRSTUVWXYZ", -3.0]],
  KNOWN_MAKER: 0.8,
  MAKER: 3,
  REGIONS: {"USA": "1 4 5 7", "Mexico": "3", "Canada": "2", "Europe": "S T U V W XA XB XC XD XE XF XG XH XJ XK XL XM XN XP XR Y ZA ZB ZC ZD ZE ZF ZG ZH ZJ ZK ZL ZM ZN ZP ZR", "Japan": "J", "Korea": "K", "China": "L", "Russia and neighbours": "X Z", "India and South-East Asia": "M", "Turkey and Iran": "N", "elsewhere": "0 6 8 9 A B C D E F G H P R"},
} as const;

export const structureStore = {
  STEPS: 32,
} as const;

export const structureText = {
  DIGITS: 10,
  HEXADECIMAL: 16,
  COMPONENTS: 5,
  FLOOR: 0.01,
  STEPS: 16.0,
} as const;

export const textlines = {
  SMALL: 800,
  LARGE: 1000,
  ENLARGE: 3.2,
  WINDOWS: [11, 25],
  DIRECTIONS: 12,
  GLYPH_HEIGHTS: [7.0, 140.0],
  GAPS: [0.6, 1.3],
  MAX_OUTLINES: 1500,
  MAX_JOINED: 60,
  MAX_LINES: 500,
  LEAST_CONTRAST: 8,
  OFFSET: 4,
  SAME: 0.6,
  GRID: 0.015625,
  BIAS: -20.85,
  WEIGHTS: [[2.640000104904175, -0.44999998807907104], [13.75, -2.2300000190734863], [-3.319999933242798, 0.7400000095367432], [5.510000228881836, -19.59000015258789], [-14.180000305175781, 28.219999313354492], [-1.840000033378601, 1.350000023841858], [-3.309999942779541, 1.3700000047683716], [-0.7400000095367432, 0.07999999821186066], [0.5199999809265137, -0.03999999910593033], [2.069999933242798, -4.159999847412109], [-2.25, 0.10000000149011612], [0.9800000190734863, 0.8899999856948853], [-0.8500000238418579, -3.0999999046325684], [1.25, 0.0], [0.9599999785423279, -0.25999999046325684]],
} as const;

export const types = {
  STRIP_HEIGHT: 40,
  STRIP_WIDTH: 400,
  GLYPH_HEIGHT: 26,
  PITCH: 20,
  JUMP: 5.0,
} as const;

export const vin = {
  ALPHABET: "0123456789ABCDEFGHJKLMNPRSTUVWXYZ",
  LENGTH: 17,
  VALUES: {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4, "5": 5, "6": 6, "7": 7, "8": 8, "9": 9, "A": 1, "B": 2, "C": 3, "D": 4, "E": 5, "F": 6, "G": 7, "H": 8, "J": 1, "K": 2, "L": 3, "M": 4, "N": 5, "P": 7, "R": 9, "S": 2, "T": 3, "U": 4, "V": 5, "W": 6, "X": 7, "Y": 8, "Z": 9},
  WEIGHTS: [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2],
  YEAR_CODES: "ABCDEFGHJKLMNPRSTVWXY123456789",
  FIRST_YEAR: 1980,
  REGIONS: {"12345": "North America", "67": "Oceania", "89": "South America", "ABCDEFGH": "Africa", "JKLMNPR": "Asia", "STUVWXYZ": "Europe"},
  NORTH_AMERICA: "12345",
  CHINA: "L",
} as const;

export const pixels = {
  MAX_PIXELS: 200000000,
  MAX_SIDE: 32766,
  MIN_SIDE: 8,
  BACKGROUND: 128,
} as const;

export const decoding = {
  MAX_BYTES: 268435456,
} as const;

export const filetypes = {
  HEAD: 1024,
  TYPES: [{"name": "JPEG", "media_type": "image/jpeg", "suffixes": [".jpg", ".jpeg", ".jpe", ".jfif"], "start": "\\xff\\xd8\\xff", "header": "PIL.JpegImagePlugin.JpegImageFile", "refusal": "", "format": ""}, {"name": "PNG", "media_type": "image/png", "suffixes": [".png"], "start": "\\x89PNG\\r\\n\\x1a\\n", "header": "PIL.PngImagePlugin.PngImageFile", "refusal": "", "format": ""}, {"name": "camera raw", "media_type": "application/octet-stream", "suffixes": [".3fr", ".arw", ".cr2", ".cr3", ".crw", ".erf", ".iiq", ".mrw", ".nef", ".nrw", ".orf", ".pef", ".raf", ".rw2", ".rwl", ".sr2", ".srf", ".srw", ".x3f"], "start": "II\\*\\0....CR|....ftypcrx |II....HEAPCCDR|FUJIFILMCCD-RAW|IIR[OS]\\x08\\0|MMOR|IIU\\0|FOVb|\\0MRM", "header": "", "refusal": "camera raw is not read: develop it, that is, let the camera or its program save it as JPEG", "format": ""}, {"name": "DNG", "media_type": "image/x-adobe-dng", "suffixes": [".dng"], "start": "(?!)", "header": "", "refusal": "a DNG is camera raw in a TIFF, which is not read, nor is the small preview in it: develop it, that is, let a program for raw pictures save it as JPEG", "format": ""}, {"name": "TIFF", "media_type": "image/tiff", "suffixes": [".tif", ".tiff"], "start": "II[*+]\\0|MM\\0[*+]", "header": "PIL.TiffImagePlugin.TiffImageFile", "refusal": "", "format": ""}, {"name": "WEBP", "media_type": "image/webp", "suffixes": [".webp"], "start": "RIFF....WEBP", "header": "PIL.WebPImagePlugin.WebPImageFile", "refusal": "", "format": ""}, {"name": "GIF", "media_type": "image/gif", "suffixes": [".gif"], "start": "GIF8[79]a", "header": "PIL.GifImagePlugin.GifImageFile", "refusal": "", "format": ""}, {"name": "BMP", "media_type": "image/bmp", "suffixes": [".bmp", ".dib"], "start": "BM....\\0\\0\\0\\0", "header": "PIL.BmpImagePlugin.BmpImageFile", "refusal": "", "format": ""}, {"name": "AVIF", "media_type": "image/avif", "suffixes": [".avif", ".avifs"], "start": "....ftyp(?:avi[fs]|(?:mif1|msf1)....(?:....){0,9}?avi[fs])", "header": "PIL.AvifImagePlugin.AvifImageFile", "refusal": "", "format": ""}, {"name": "HEIF", "media_type": "image/heic", "suffixes": [".heic", ".heif", ".hif", ".heics", ".heifs"], "start": "....ftyp(?:he[iv][cmsx]|mif1|msf1)", "header": "pi_heif.HeifImageFile", "refusal": "", "format": ""}, {"name": "JPEG 2000", "media_type": "image/jp2", "suffixes": [".jp2", ".j2k", ".jpf", ".jpx"], "start": "\\0\\0\\0\\x0cjP  \\r\\n\\x87\\n|\\xff\\x4f\\xff\\x51", "header": "", "refusal": "JPEG 2000 and JPEG XL are not read: save the picture as JPEG or PNG", "format": ""}, {"name": "JPEG XL", "media_type": "image/jxl", "suffixes": [".jxl"], "start": "\\xff\\x0a|\\0\\0\\0\\x0cJXL \\r\\n\\x87\\n", "header": "", "refusal": "JPEG 2000 and JPEG XL are not read: save the picture as JPEG or PNG", "format": ""}, {"name": "PDF", "media_type": "application/pdf", "suffixes": [".pdf"], "start": ".{0,1000}?%PDF-", "header": "", "refusal": "", "format": ""}, {"name": "MP4", "media_type": "video/mp4", "suffixes": [".mp4", ".m4v", ".mov", ".qt", ".3gp", ".3g2"], "start": "....(?:ftyp|moov|mdat|wide|free|skip)", "header": "", "refusal": "it is a video, which is read by itself, from a file or its bytes: by inference.py, vinchar.read or Reader.read; in place of a picture send one of its frames", "format": "mov"}, {"name": "Matroska", "media_type": "video/x-matroska", "suffixes": [".mkv", ".webm"], "start": "\\x1a\\x45\\xdf\\xa3", "header": "", "refusal": "it is a video, which is read by itself, from a file or its bytes: by inference.py, vinchar.read or Reader.read; in place of a picture send one of its frames", "format": "matroska"}, {"name": "AVI", "media_type": "video/x-msvideo", "suffixes": [".avi"], "start": "RIFF....AVI ", "header": "", "refusal": "it is a video, which is read by itself, from a file or its bytes: by inference.py, vinchar.read or Reader.read; in place of a picture send one of its frames", "format": "avi"}, {"name": "MPEG-TS", "media_type": "video/mp2t", "suffixes": [".mts", ".m2ts"], "start": "G.{187}G.{187}G|.{4}G.{191}G.{191}G", "header": "", "refusal": "it is a video, which is read by itself, from a file or its bytes: by inference.py, vinchar.read or Reader.read; in place of a picture send one of its frames", "format": "mpegts"}],
} as const;
